package sandbox

import "reflect"

func stateRoutes() []controlRoute {
	return []controlRoute{
		on("GET", "/options", "The points in which sources about APO differ, and what this sandbox does", controlOptions),
		on("PUT", "/options", "Give options other values, by their names; the others stay", controlSetOptions),
		on("POST", "/reset", "Forget everything but the keys and the seed", func(s *Sandbox, _ controlCall, _ none) (identity, error) {
			err := s.Reset()
			return identity{s.Identity()}, err
		}),
		on("POST", "/snapshot", "Keep the whole state as it is now", func(s *Sandbox, _ controlCall, _ none) (SnapshotName, error) {
			id, err := s.Snapshot()
			return SnapshotName{id}, err
		}),
		on("POST", "/restore", "Put a state that was kept in place of this one, under another identity", func(s *Sandbox, _ controlCall, in SnapshotName) (identity, error) {
			err := s.Restore(in.ID)
			return identity{s.Identity()}, err
		}),
		{
			method: "GET", path: "/events", means: "What changes, as server-sent events: id is the number of a change; the header Last-Event-ID goes on behind one",
			gives: reflect.TypeFor[StateChange](), stream: (*Sandbox).streamEvents,
		},
		{
			method: "GET", path: "/openapi.json", means: "This description", open: true, gives: reflect.TypeFor[map[string]any](),
			do: func(s *Sandbox, _ controlCall, _ []byte) (any, error) { return ControlDescription(), nil },
		},
	}
}

type identity struct {
	Sandbox string `json:"sandbox"` // [Sandbox.Identity]
}

// SnapshotName names a state that is kept.
type SnapshotName struct {
	ID string `json:"id"`
}

// OptionFacts are what the control API tells of an option.
type OptionFacts struct {
	Name    string   `json:"name"`
	Value   string   `json:"value"`
	Values  []string `json:"values"`
	Meaning string   `json:"meaning"`
}

func (s *Sandbox) optionFacts() (list []OptionFacts, err error) {
	now, err := s.OptionsNow()
	for _, o := range AllOptions() {
		list = append(list, OptionFacts{o.Name, now.value(o.Name), o.Values, o.Meaning})
	}
	return list, err
}

func controlOptions(s *Sandbox, _ controlCall, _ none) ([]OptionFacts, error) { return s.optionFacts() }

func controlSetOptions(s *Sandbox, _ controlCall, in map[string]string) ([]OptionFacts, error) {
	var checked Options
	for name, value := range in {
		if err := checked.Set(name, value); err != nil {
			return nil, asBad(err)
		}
	}
	if err := s.SetOptions(checked); err != nil {
		return nil, err
	}
	return s.optionFacts()
}

// OptionsNow are the values of options that were chosen; the others have their defaults.
func (s *Sandbox) OptionsNow() (o Options, err error) {
	err = s.store.look(func(t *tx) error { o = t.settings.Options; return nil })
	return o, err
}

// SetOptions gives options other values; those that are not named stay.
func (s *Sandbox) SetOptions(o Options) error {
	return s.store.do(func(t *tx) error {
		for name, value := range o {
			if err := t.settings.Options.Set(name, value); err != nil {
				return err
			}
		}
		return t.setting("settings", t.settings)
	})
}
