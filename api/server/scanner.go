package server

import (
	"context"
	"errors"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres"
)

// proofs opens what the store keeps of scanners' keys, and makes of each the one that
// is good with this server.
type proofs struct {
	*postgres.Store
	seal   auth.Seal
	server attendance.ID
}

// Proof implements classroom.Proofs.
func (p proofs) Proof(ctx context.Context, device attendance.ID) (auth.Proof, error) {
	out, err := p.SealedProof(ctx, device)
	if err != nil {
		return out, err
	}
	for i, k := range out.Keys {
		key, err := p.seal.Open(k.Kept, device[:])
		if err != nil { // the server has another secret since: as if it were not paired
			return auth.Proof{}, errors.Join(attendance.Missing{What: "key of scanner", Key: device.String()}, err)
		}
		out.Keys[i].Key = auth.DeviceKeyFor(key, p.server)
	}
	return out, nil
}
