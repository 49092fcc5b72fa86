package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// settings are what a sandbox was told to be like, but for its rules.
type settings struct {
	Acquirers []Acquirer `json:"acquirers,omitempty"`
	Routes    *routes    `json:"routes,omitempty"` // in place of Acquirers
	NotifyURL string     `json:"notifyUrl,omitempty"`
	Options   Options    `json:"options,omitzero"`

	Told map[string]string `json:"told,omitempty"` // who told what of a Config: see teller
}

func (t *tx) readVersion() error { return t.sql.row("PRAGMA data_version", nil, &t.version) }

// initialize gives a state what it lacks of what each has: a seed, a key for the
// fingerprints of cards and an identity.
func (t *tx) initialize() error {
	if t.ids.seed == [32]byte{} {
		t.ids.seed = newSeed()
		if err := t.setting("seed", t.ids.seed); err != nil {
			return err
		}
	}
	if t.cardKey.Key == [32]byte{} {
		t.cardKey = newCardKey(t.cardKey.Seeded)
		if err := t.setting("card-keys", t.cardKey); err != nil {
			return err
		}
	}
	if t.identity != "" {
		return nil
	}
	return t.identify()
}

// identify gives a state an identity of its own, in place of any that it had.
func (t *tx) identify() error {
	t.identity = strings.ToLower(rand.Text())
	return t.setting("identity", t.identity)
}

func (t *tx) findSettings() (complete bool, err error) {
	rows, err := t.sql.Query(`SELECT name, doc FROM settings`)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, doc string
		if err := rows.Scan(&name, &doc); err != nil {
			return false, err
		}
		switch name {
		case "clock":
			err = json.Unmarshal([]byte(doc), &t.clock)
		case "seed":
			err = json.Unmarshal([]byte(doc), &t.ids.seed)
		case "card-keys":
			err = json.Unmarshal([]byte(doc), &t.cardKey)
		case "identity":
			err = json.Unmarshal([]byte(doc), &t.identity)
		case "settings":
			err = json.Unmarshal([]byte(doc), &t.settings)
		}
		if err != nil {
			return false, err
		}
	}
	return t.ids.seed != [32]byte{} && t.cardKey.Key != [32]byte{} && t.identity != "", rows.Err()
}

func (t *tx) setting(name string, value any) error {
	if name == "clock" || name == "settings" {
		t.changed(name, "")
	}
	return t.put(`INSERT INTO settings (name, doc) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET doc = excluded.doc`, value, name)
}

// rules are all of them, in the order in which they are asked.
func (t *tx) rules() ([]Rule, error) {
	if t.known != nil {
		return *t.known, nil
	}
	rows, err := t.sql.Query(`SELECT id, doc FROM rules ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Rule{}
	for rows.Next() {
		var id int64
		var doc string
		var r Rule
		if err := rows.Scan(&id, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &r); err != nil {
			return nil, err
		}
		r.ID = id
		list = append(list, r)
	}
	t.known = &list
	return list, rows.Err()
}

func (t *tx) addRule(r Rule) (int64, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	t.known = nil
	result, err := t.sql.Exec(`INSERT INTO rules (doc) VALUES (?)`, string(text))
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	t.changed("rule", strconv.FormatInt(id, 10))
	if err == nil {
		_, err = t.rules()
	}
	return id, err
}

func (t *tx) saveRule(r Rule) error {
	t.changed("rule", strconv.FormatInt(r.ID, 10))
	if err := t.put(`UPDATE rules SET doc = ?2 WHERE id = ?1`, r, r.ID); err != nil {
		return err
	}
	list := slices.Clone(*t.known) // what is kept counts on, if this is undone
	for i, known := range list {
		if known.ID == r.ID {
			list[i] = r
		}
	}
	t.known = &list
	return nil
}

func (t *tx) removeRule(id int64) error {
	t.changed("rule", strconv.FormatInt(id, 10))
	t.known = nil
	for _, query := range []string{`DELETE FROM rules WHERE id = ?`, `DELETE FROM draws WHERE rule = ?`} {
		if _, err := t.sql.Exec(query, id); err != nil {
			return err
		}
	}
	_, err := t.rules()
	return err
}
