package fleet

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type pairingBody struct {
	Code      string    `json:"code" doc:"Shown this once. Type it at the scanner." example:"7K3M-Q9ZT"`
	ExpiresAt time.Time `json:"expires_at"`
}

type offerOutput struct{ Body pairingBody }

type pairInput struct {
	Body struct {
		Code     string        `json:"code" maxLength:"20" doc:"As the office shows it; case, spaces and hyphens do not matter." example:"7K3M-Q9ZT"`
		Attempt  attendance.ID `json:"attempt" format:"uuid" doc:"Made by the scanner: after a lost answer the same attempt gets the same key."`
		Firmware string        `json:"firmware,omitempty" maxLength:"60"`
	}
}

type pairOutput struct {
	Body struct {
		DeviceID attendance.ID `json:"device_id" format:"uuid"`
		Key      []byte        `json:"key" doc:"32 random bytes. With each server the scanner signs with HMAC-SHA256(key, \"arise device 1\" and the 16 bytes of the server's id)."`
		ServerID attendance.ID `json:"server_id" format:"uuid" doc:"Of this server; each says its own in Arise-Server."`
		Name     string        `json:"name"`
		NowMS    int64         `json:"now_ms" doc:"Unix milliseconds."`
	}
}

func (d Deps) pairing(api huma.API) {
	rest.Handle(api, rest.Served(huma.Operation{
		OperationID: "pair-device", Method: http.MethodPost, Path: "/api/device/pair", Tags: []string{"Scanners"}, Security: rest.Public,
		Summary:     "Be a scanner of the school, with a code from its office",
		Description: "A code is good once, for ten minutes, and not after five wrong ones.",
		Errors:      []int{http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests},
	}, "cloud"), d.pair)
}

func (d Deps) offer(ctx context.Context, in *ScannerPath) (*offerOutput, error) {
	was, err := d.Scanners.PairedDevice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if was.Legacy && was.RevokedAt.IsZero() {
		return nil, attendance.Invalid{Field: "path.id", Why: "has the original firmware, which cannot be paired: change that first"}
	}
	code, err := d.code(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &offerOutput{Body: *code}, nil
}

// codes is how many are tried: of 32,768 beginnings few are taken at a time.
const codes = 5

// code offers a scanner to whoever brings the code that it returns.
func (d Deps) code(ctx context.Context, id attendance.ID) (*pairingBody, error) {
	until := d.Service.Now().Add(auth.PairingFor)
	for n := 1; ; n++ {
		code, err := auth.NewPairingCode()
		if err != nil {
			return nil, err
		}
		err = d.Scanners.OfferPairing(ctx, id, code, until)
		if errors.As(err, new(attendance.Taken)) && n < codes {
			continue
		}
		return &pairingBody{Code: code.String(), ExpiresAt: until.UTC().Truncate(time.Second)}, err
	}
}

func (d Deps) pair(ctx context.Context, in *pairInput) (*pairOutput, error) {
	code, err := auth.ParsePairingCode(in.Body.Code)
	if err != nil {
		return nil, err
	}
	if in.Body.Attempt.IsZero() {
		return nil, attendance.Invalid{Field: "attempt", Why: "missing: make a random UUID, and send it again if no answer comes"}
	}
	// Whoever tries many scanners' codes has to wait, without holding up others.
	address := rest.ClientNetwork(ctx)
	if err := d.Brake.Begin(ctx, "pair|"+address, address); err != nil {
		return nil, err
	}
	dev, sealed, err := d.Scanners.PairDevice(ctx, code, in.Body.Attempt, in.Body.Firmware, d.newKey)
	if err != nil {
		return nil, err
	}
	if err := d.Brake.Right(ctx, "pair|"+address, address); err != nil {
		return nil, err
	}
	out := &pairOutput{}
	b := &out.Body
	b.DeviceID, b.Name, b.ServerID, b.NowMS = dev.ID, dev.Name, d.Server, d.Service.Now().UnixMilli()
	b.Key, err = d.Seal.Open(sealed, dev.ID[:])
	return out, err
}

// newKey is what is kept of a new key for a scanner.
func (d Deps) newKey(id attendance.ID) ([]byte, error) {
	key, err := auth.NewKey()
	if err != nil {
		return nil, err
	}
	return d.Seal.Seal(key, id[:])
}

func (d Deps) rotate(ctx context.Context, in *ScannerPath) (*scannerOutput, error) {
	if _, err := d.Scanners.PairedDevice(ctx, in.ID); err != nil {
		return nil, err
	}
	err := d.Scanners.RotateDevice(ctx, in.ID, func(sealed []byte) (fresh, salt []byte, err error) {
		key, err := d.Seal.Open(sealed, in.ID[:])
		if err != nil {
			return nil, nil, attendance.Invalid{Field: "path.id", Why: "its key was made under another secret of this server: pair it again"}
		}
		if salt, err = auth.NewKey(); err != nil {
			return nil, nil, err
		}
		fresh, err = d.Seal.Seal(auth.NextDeviceKey(key, salt), in.ID[:])
		return fresh, salt, err
	})
	if err != nil {
		return nil, err
	}
	return d.row(ctx, in.ID)
}
