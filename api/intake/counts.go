package intake

// Counts are numbers of rows: by what they would do, and by what became of those
// that change something.
type Counts struct {
	New, Changed, Same, Wrong             int
	Done, Refused, Undone, Archived, Kept int
}

// Rows are all.
func (c Counts) Rows() int { return c.New + c.Changed + c.Same + c.Wrong }

// Replace counts rows for those that they were.
func (c *Counts) Replace(old, now []*Row) {
	for _, r := range old {
		c.count(r, -1)
	}
	for _, r := range now {
		c.count(r, 1)
	}
}

// count takes a row in, or with -1 out.
func (c *Counts) count(r *Row, by int) {
	at := map[Action]*int{New: &c.New, Changed: &c.Changed, Same: &c.Same, Wrong: &c.Wrong}[r.Action]
	*at += by
	at, ok := map[Progress]*int{Done: &c.Done, Refused: &c.Refused, Undone: &c.Undone, Archived: &c.Archived, Kept: &c.Kept}[r.Progress]
	if ok {
		*at += by
	}
}
