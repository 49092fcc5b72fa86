package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
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
	s.beginTelling()
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
		if err := t.configure(c, s.teller.name); err != nil {
			return err
		}
		if rules == nil {
			return nil
		}
		return t.replaceRules(rules, s.teller.name)
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
	t.tells(s.teller.name, toldClock)
	return errors.Join(t.setting("clock", t.clock), t.setting("settings", t.settings))
}

func (t *tx) configure(c Config, by string) error {
	if c.Acquirers == nil && c.Routes == nil && c.NotifyURL == "" && len(c.Options) == 0 {
		return nil
	}
	if c.Acquirers != nil {
		t.settings.Acquirers, t.settings.Routes = c.Acquirers, nil
		t.tells(by, toldAcquirers)
	}
	if c.Routes != nil {
		rules, err := ParseRoutes(c.Routes)
		if err != nil {
			return err
		}
		t.settings.Acquirers, t.settings.Routes = nil, &routes{rules}
		t.tells(by, toldAcquirers)
	}
	if c.NotifyURL != "" {
		t.settings.NotifyURL = c.NotifyURL
		t.tells(by, toldNotifyURL)
	}
	for name, value := range c.Options {
		if err := t.settings.Options.Set(name, value); err != nil {
			return err
		}
		t.tells(by, toldOption+name)
	}
	return t.setting("settings", t.settings)
}

// replaceRules puts rules in place of those of an earlier Config.
func (t *tx) replaceRules(rules []Rule, by string) error {
	if err := t.removeRules(func(Rule) bool { return true }); err != nil {
		return err
	}
	for _, r := range rules {
		id, err := t.addRule(r)
		if err != nil {
			return err
		}
		t.tells(by, ruleTold(id))
	}
	return t.setting("settings", t.settings)
}

// removeRules removes those of a Config that shall go.
func (t *tx) removeRules(shall func(Rule) bool) error {
	known, err := t.rules()
	if err != nil {
		return err
	}
	for _, r := range known {
		if r.From == "" || !shall(r) {
			continue
		}
		if err := t.removeRule(r.ID); err != nil {
			return err
		}
		t.settings.Told = maps.Clone(t.settings.Told)
		delete(t.settings.Told, ruleTold(r.ID))
	}
	return nil
}

// Forget undoes what this Sandbox's Config has told its state, and what one has whose
// process was killed: rules, acquirers, the address for notifications, options, and how
// fast the clock goes. The payments stay, the rules that were added, what the clock says,
// a speed that was set since, and what the Config of another told that is open.
func (s *Sandbox) Forget() error {
	return s.store.do(func(t *tx) error {
		if t.clock.Configured && s.takesBack(t, toldClock) {
			t.clock.Configured = false
			t.clock = t.clock.after(s.real(), t.now, 1)
			if err := t.setting("clock", t.clock); err != nil {
				return err
			}
		}
		if err := t.removeRules(func(r Rule) bool { return s.takesBack(t, ruleTold(r.ID)) }); err != nil {
			return err
		}
		s.forgetSettings(t)
		return t.setting("settings", t.settings)
	})
}

// forgetSettings leaves of the settings what others told.
func (s *Sandbox) forgetSettings(t *tx) {
	kept := settings{}
	for what, by := range t.settings.Told {
		if s.takesBack(t, what) {
			continue
		}
		if kept.Told == nil {
			kept.Told = map[string]string{}
		}
		kept.Told[what] = by
		switch option, isOption := strings.CutPrefix(what, toldOption); {
		case what == toldAcquirers:
			kept.Acquirers, kept.Routes = t.settings.Acquirers, t.settings.Routes
		case what == toldNotifyURL:
			kept.NotifyURL = t.settings.NotifyURL
		case isOption:
			_ = kept.Options.Set(option, t.settings.Options[option]) // it was set before
		}
	}
	t.settings = kept
}

// Reset forgets everything but the keys and the seed: payments, rules,
// notifications, settings, what all of them once were, and that the clock was moved.
// What is left is another sandbox, with an identity of its own.
func (s *Sandbox) Reset() error {
	s.store.heard.written(math.MaxInt)
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
		t.changed("state", "")
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
