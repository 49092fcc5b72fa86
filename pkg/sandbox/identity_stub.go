package sandbox

func (s *Sandbox) Identity() string { return "stub" }
