package classroom

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Proofs is what a server knows of scanners. It is asked at each request, so that one
// that was shut out is so at once.
type Proofs interface {
	// Proof is what a scanner must know; ErrNotFound: it is not paired;
	// ErrDeviceRevoked: it was shut out.
	Proof(ctx context.Context, device attendance.ID) (auth.Proof, error)
	// Advance takes a nonce of a scanner that signed with one of its keys, and drops the
	// key before, when that is the next one. Replayed: the nonce is not above the last;
	// ErrSignature: the key is good no more.
	Advance(ctx context.Context, device attendance.ID, key auth.DeviceKey, nonce uint64) error
}

// DeviceAuth authenticates our scanners by what they sign, and leaves others to Next.
type DeviceAuth struct {
	Proofs Proofs
	Server attendance.ID
	Next   rest.Authenticator
}

// Authenticate checks the signature first, so that only the scanner itself moves its
// nonces, and that refusal of an old nonce is signed.
func (a DeviceAuth) Authenticate(r *http.Request, role attendance.Role) (auth.Principal, error) {
	if role != attendance.RoleDevice {
		return a.Next.Authenticate(r, role)
	}
	claim := rest.SignedRequest(r.Context())
	if claim == nil {
		return auth.Principal{}, auth.ErrNoSignature
	}
	claim.Server = a.Server
	device, err := attendance.ParseID(r.Header.Get(rest.DeviceHeader))
	if err != nil {
		return auth.Principal{}, auth.ErrSignature
	}
	said := r.Header.Get(rest.NonceHeader)
	nonce, err := auth.ParseNonce(said)
	if err != nil {
		return auth.Principal{}, err
	}
	proof, err := a.Proofs.Proof(r.Context(), device)
	if errors.Is(err, attendance.ErrNotFound) {
		return auth.Principal{}, auth.ErrSignature
	}
	if err != nil {
		return auth.Principal{}, err
	}
	key, err := signer(r, proof.Keys, said, claim.Body)
	if err != nil {
		return auth.Principal{}, err
	}
	claim.Answer(key.Key, said)
	if !key.Next {
		claim.Salt = proof.Salt
	}
	if err := a.Proofs.Advance(r.Context(), device, key, nonce); err != nil {
		return auth.Principal{}, err
	}
	return auth.Principal{Actor: attendance.Actor{ID: device, Role: role}, Name: proof.Name}, nil
}

// signer is the key that a request was signed with.
func signer(r *http.Request, keys []auth.DeviceKey, nonce string, body []byte) (auth.DeviceKey, error) {
	got, err := hex.DecodeString(r.Header.Get(rest.SignatureHeader))
	if err != nil {
		return auth.DeviceKey{}, auth.ErrSignature
	}
	for _, k := range keys {
		if auth.SameMAC(got, auth.SignRequest(k.Key, r.Method, r.URL.RequestURI(), nonce, body)) {
			return k, nil
		}
	}
	return auth.DeviceKey{}, auth.ErrSignature
}
