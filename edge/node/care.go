package node

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/db/sqlite"
)

// tend looks after the drive. When the register was opened anew, whoever keeps
// something of it starts again: it may have been made from a backup.
func (n *Node) tend(ctx context.Context) error {
	if err := n.store.Tend(ctx); err != nil {
		return err
	}
	mounts := n.store.Mounts()
	if mounts == n.mounts {
		return nil
	}
	if err := n.assemble(ctx); err != nil {
		return err
	}
	n.mounts = mounts
	n.hub.All()
	n.config.Log.WarnContext(ctx, "the drive is back, and what was acknowledged is on it")
	return nil
}

// keeping is what is done so that nothing is lost with the drive.
func (n *Node) keeping(d sqlite.Drive, now time.Time) pendrive.EdgeKeeping {
	k := pendrive.EdgeKeeping{Backups: d.Backups}
	k.LastBackup, k.BackupWords = pendrive.BackupOf(d.BackupAt, now)
	if d.BackupErr != nil {
		k.BackupError = d.BackupErr.Error()
	}
	if !d.ReturnAt.IsZero() {
		at := d.ReturnAt.UTC().Truncate(time.Second)
		k.ReturnedAt = &at
	}
	if r := d.Recovery; r != nil {
		k.Recovery = &pendrive.EdgeRecovery{
			At: r.At.UTC().Truncate(time.Second), Source: r.Source, Why: r.Why, Kept: r.Kept,
			FromJournal: r.FromJournal, FromCloud: r.FromCloud, Aside: r.Aside,
		}
		k.Recovery.Words = pendrive.RecoveryWords(*k.Recovery)
	}
	return k
}

// newsFor is how long a recovery is something that a person must hear of.
const newsFor = 7 * 24 * time.Hour

// news is a sentence about what was lost and taken back, while it is new.
func news(st pendrive.EdgeStatus, now time.Time) string {
	r := st.Keeping.Recovery
	switch {
	case r == nil || now.Sub(r.At) > newsFor:
		return ""
	case st.Paired && len(st.Courses) == 0:
		return r.Words + " Names and courses are lost: connect this computer to the internet once, and they come back from the cloud."
	case r.Source == "register":
		return ""
	}
	return r.Words + " Have the office look at this pendrive."
}

// Backup implements pendrive.Drive.
func (o office) Backup(ctx context.Context) (pendrive.Saved, error) {
	c, err := o.store.Backup(ctx)
	if err != nil {
		var unstored attendance.Unstored
		if errors.As(err, &unstored) {
			return pendrive.Saved{}, rest.NewProblem(http.StatusServiceUnavailable, cmp.Or(unstored.Kind, "no-backup"),
				"no backup was made; the register itself is as it was: "+err.Error())
		}
		return pendrive.Saved{}, err
	}
	return pendrive.Saved{At: c.At, Lines: c.Last, File: c.Path()}, nil
}

// sendWithin is how long somebody who wants to leave waits for the cloud.
const sendWithin = 5 * time.Second

// Eject implements pendrive.Drive.
func (o office) Eject(ctx context.Context, force bool) (pendrive.Ejected, error) {
	held, err := o.room.service.Holdings(ctx)
	if err != nil {
		return pendrive.Ejected{}, err
	}
	if !force && !held.Until.IsZero() {
		return pendrive.Ejected{}, rest.NewProblem(http.StatusConflict, "class-running",
			"a class is being held: end it first, or ask again with force")
	}
	var out pendrive.Ejected
	if o.room.replay != nil {
		within, cancel := context.WithTimeout(ctx, sendWithin)
		done, err := o.room.replay.Cycle(within)
		cancel()
		if out.Sent = done.Sent; err != nil {
			o.config.Log.InfoContext(ctx, "not all was sent before the drive is removed", "error", err)
		}
	}
	if _, err := o.store.Backup(ctx); err != nil { // what is on it is whole all the same
		o.config.Log.WarnContext(ctx, "no backup was made before the drive is removed", "error", err)
	}
	left, err := o.backlog(ctx)
	if err != nil {
		return out, err
	}
	out.Waiting = left.Waiting
	o.unsign()
	if err := o.store.Eject(); err != nil {
		return out, err
	}
	if o.config.LetGo != nil { // from here on not even the log is open
		if err := o.config.LetGo(); err != nil {
			return out, err
		}
	}
	o.leave.Do(func() { close(o.ejected) })
	return out, nil
}

// Ejected reports whether the program ended because the drive is to be removed.
func (n *Node) Ejected() bool {
	select {
	case <-n.ejected:
		return true
	default:
		return false
	}
}
