package jobs

// What a backup takes of the queue's tables: the work that was not done yet. Who
// leads, which servers run and what was done long ago is the old installation's.
const (
	Leave  = "river_[^j]*" // every table but river_job, as a path.Match pattern
	Table  = "river_job"
	Undone = "state NOT IN ('completed', 'cancelled', 'discarded')"

	// Resume lets a restored queue begin again what the old servers had begun.
	Resume = "UPDATE river_job SET state = 'available' WHERE state = 'running'"
)
