package attendance

// A scanner that counts its scans hands the same one to every server it meets until
// one has it. Each server makes a fact of it: the id is the scan's own, while the body
// also says which server heard it, when, and what it knew of the school. The scan is
// told from what the scanner itself said, so that two such bodies are one mark.

// IsReading reports whether the fact is a scan under the scanner's own number.
func (f Fact) IsReading() bool {
	return f.Kind == MarkSeen && f.Ruling == nil && f.Device != nil && f.Device.Seq > 0 && f.ID == ScanID(f.Device.ID, f.Device.Epoch, f.Device.Seq)
}

// SameReading reports whether both are one scan, as two servers heard it.
func (f Fact) SameReading(g Fact) bool {
	if !f.IsReading() || !g.IsReading() {
		return false
	}
	a, b := *f.Device, *g.Device
	a.Estimated, b.Estimated = false, false // a server's judgement
	return a == b
}

// SameMark reports whether both are one scan that marks the same student in the same
// class. Two servers that read one scan otherwise need a person to look.
func (f Fact) SameMark(g Fact) bool {
	return f.SameReading(g) && f.Session == g.Session && f.Student == g.Student
}
