package sandbox

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// configure tells the state what a Config says.
func (s *Sandbox) configure(c Config) error {
	rules := slices.Clone(c.Rules) // they are put into other words below
	if c.Scenario != "" {
		scenario, found := FindScenario(c.Scenario)
		if !found {
			return fmt.Errorf("%q is not a scenario", c.Scenario)
		}
		rules = append(rules, scenario.Rules...)
	}
	for i := range rules {
		if err := rules[i].check(); err != nil {
			return fmt.Errorf("rule %s: %w", rules[i], err)
		}
		if rules[i].From == "" {
			rules[i].From = configured
		}
	}
	if err := CheckNotifyURL(c.NotifyURL); c.NotifyURL != "" && err != nil {
		return err
	}
	if len(c.Acquirers) > 0 {
		if err := checkAcquirers(c.Acquirers); err != nil {
			return err
		}
	}
	if err := c.checkRoutes(); err != nil {
		return err
	}
	clock := Clock{Box: c.Time, Speed: c.Speed}
	if err := clock.check(); err != nil {
		return err
	}
	if c.silent() && rules == nil {
		return nil
	}
	return s.store.do(func(t *tx) error {
		if c.Seed != "" {
			t.ids.seed = namedSeed(c.Seed)
			t.cardKey.Seeded = true
			if err := errors.Join(t.setting("seed", t.ids.seed), t.setting("card-keys", t.cardKey)); err != nil {
				return err
			}
		}
		if err := s.startClock(t, c); err != nil {
			return err
		}
		if err := t.configure(c); err != nil {
			return err
		}
		if rules == nil {
			return nil
		}
		return t.replaceRules(rules)
	})
}

// silent reports whether a Config says nothing that a state would keep, but for
// rules.
func (c Config) silent() bool {
	return c.Seed == "" && c.Time.IsZero() && c.Speed == 0 && c.Acquirers == nil && c.Routes == nil && c.NotifyURL == "" && len(c.Options) == 0
}

// configured marks rules that a Config brought, which the next one replaces.
const configured = "configuration"

func (s *Sandbox) startClock(t *tx, c Config) error {
	real := s.real()
	switch {
	case !c.Time.IsZero():
		t.clock = t.clock.after(real, c.Time, c.Speed)
	case c.Speed > 0:
		t.clock = t.clock.after(real, t.now, c.Speed)
	default:
		return nil
	}
	t.clock.Configured = true
	if err := t.clock.check(); err != nil {
		return err
	}
	t.now = t.clock.Now(real)
	return t.setting("clock", t.clock)
}

func (t *tx) configure(c Config) error {
	if c.Acquirers == nil && c.Routes == nil && c.NotifyURL == "" && len(c.Options) == 0 {
		return nil
	}
	if c.Acquirers != nil {
		t.settings.Acquirers, t.settings.Routes = c.Acquirers, nil
	}
	if c.Routes != nil {
		rules, err := ParseRoutes(c.Routes)
		if err != nil {
			return err
		}
		t.settings.Acquirers, t.settings.Routes = nil, &routes{rules}
	}
	if c.NotifyURL != "" {
		t.settings.NotifyURL = c.NotifyURL
	}
	for name, value := range c.Options {
		if err := t.settings.Options.Set(name, value); err != nil {
			return err
		}
	}
	return t.setting("settings", t.settings)
}

// replaceRules puts rules in place of those of an earlier Config.
func (t *tx) replaceRules(rules []Rule) error {
	known, err := t.rules()
	if err != nil {
		return err
	}
	for _, r := range known {
		if r.From == "" {
			continue
		}
		if err := t.removeRule(r.ID); err != nil {
			return err
		}
	}
	for _, r := range rules {
		if _, err := t.addRule(r); err != nil {
			return err
		}
	}
	return nil
}

// Forget undoes what a Config has told a state: rules, acquirers, the address for
// notifications, options, and how fast the clock goes. The payments stay, the rules
// that were added, what the clock says, and a speed that was set since.
func (s *Sandbox) Forget() error {
	return s.store.do(func(t *tx) error {
		if t.clock.Configured {
			t.clock.Configured = false
			t.clock = t.clock.after(s.real(), t.now, 1)
			if err := t.setting("clock", t.clock); err != nil {
				return err
			}
		}
		t.settings = settings{}
		if err := t.setting("settings", t.settings); err != nil {
			return err
		}
		return t.replaceRules(nil)
	})
}

// CheckNotifyURL tells what is wrong with an address for notifications.
func CheckNotifyURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is not an address such as http://127.0.0.1:3000/hooks/apo", text)
	}
	return nil
}

// Reset forgets everything but the keys and the seed: payments, rules,
// notifications, settings, what all of them once were, and that the clock was moved. What is left is another
// sandbox, with an identity of its own.
func (s *Sandbox) Reset() error {
	return s.store.do(func(t *tx) error {
		tables, err := t.tables()
		if err == nil {
			err = stopChanges(t.sql) // there shall be nothing to go back to
		}
		if err != nil {
			return err
		}
		for _, table := range tables {
			query := `DELETE FROM ` + table
			if table == "settings" {
				query += ` WHERE name <> 'seed'`
			}
			if _, err := t.sql.Exec(query); err != nil {
				return err
			}
		}
		t.clock, t.settings, t.known, t.cardKey.Key, t.identity = Clock{}, settings{}, nil, [32]byte{}, ""
		t.planned(time.Unix(0, 1)) // who waits for something must think again
		t.now = s.real()
		return errors.Join(beginHistory(t.sql), keepChanges(t.sql), t.initialize())
	})
}

// tables are those of the state, by their names.
func (t *tx) tables() (names []string, err error) {
	rows, err := t.sql.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
