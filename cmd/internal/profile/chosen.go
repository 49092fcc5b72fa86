package profile

// Chosen returns the name of the profile that a run would use. It reads no key.
func Chosen(r Request) (string, error) { return r.choose() }
