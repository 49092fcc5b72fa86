package sandbox

// PagesAt is scheme and host of the pages, "http://127.0.0.1:4242".
func (s *Sandbox) PagesAt() string { return *s.pages.Load() }
