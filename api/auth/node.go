package auth

import (
	"encoding/base64"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// NodeToken is a pendrive's credential: its id and its own random key.
func NodeToken(node attendance.ID, key []byte) string {
	return node.String() + "." + base64.RawURLEncoding.EncodeToString(key)
}

// ParseNodeToken reads what NodeToken wrote, with or without padding.
func ParseNodeToken(token string) (attendance.ID, []byte, error) {
	id, key, ok := strings.Cut(token, ".")
	if !ok {
		return attendance.ID{}, nil, ErrToken
	}
	node, err := attendance.ParseID(id)
	if err != nil {
		return attendance.ID{}, nil, ErrToken
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(key, "="))
	if err != nil || len(raw) != 32 {
		return attendance.ID{}, nil, ErrToken
	}
	return node, raw, nil
}
