package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Seal hides what must be kept in clear for a while, such as a password that
// waits to be hashed: AES-256-GCM under a key made of the server's secret. What
// stands in the database is worthless without that secret.
type Seal struct{ aead cipher.AEAD }

// NewSeal makes a seal for one purpose.
func NewSeal(secret []byte, purpose string) (Seal, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "arise seal "+purpose, 32)
	if err != nil {
		return Seal{}, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return Seal{}, fmt.Errorf("prepare cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Seal{}, fmt.Errorf("prepare cipher: %w", err)
	}
	return Seal{aead}, nil
}

// Seal hides plain; only Open with the same about shows it again.
func (s Seal) Seal(plain, about []byte) ([]byte, error) {
	if s.aead == nil {
		return nil, errors.New("no key to seal with")
	}
	return s.aead.Seal(nil, nil, plain, about), nil
}

// Open shows what was sealed.
func (s Seal) Open(sealed, about []byte) ([]byte, error) {
	if s.aead == nil {
		return nil, errors.New("no key to open with")
	}
	plain, err := s.aead.Open(nil, nil, sealed, about)
	if err != nil {
		return nil, errors.New("sealed with another secret key, or not here")
	}
	return plain, nil
}
