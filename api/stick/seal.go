package stick

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/arise-attendance/arise/api/auth"
)

// What cannot be opened, and the way out.
var (
	ErrCode    = errors.New("this code does not open the roster of this pendrive: check it letter by letter, and that it is for this drive")
	ErrDamaged = errors.New("the file " + RosterFile + " is damaged or incomplete: copy the pendrive's folder again")
	ErrNewer   = errors.New("the file " + RosterFile + " is for a newer program: copy the pendrive's whole folder again")
)

// A sealed roster is: magic, version, salt, nonce, the packed roster under
// XChaCha20-Poly1305, and the SHA-256 of all before, which tells a torn copy from a
// wrong code. The key is argon2id of the claim code in the second profile of
// RFC 9106. The profile belongs to the version: a file cannot ask for more memory
// than an old computer has.
const (
	magic     = "ARISE roster\n"
	version   = 1
	saltLen   = 16
	headerLen = len(magic) + 1 + saltLen + chacha20poly1305.NonceSizeX
	leastLen  = headerLen + chacha20poly1305.Overhead + sha256.Size

	passes, memoryKiB, lanes = 3, 64 * 1024, 4
)

// turn bounds how many keys are derived at once: each takes 64 MiB.
var turn = make(chan struct{}, 1)

// Seal hides a roster behind a claim code.
func Seal(code string, r Roster) ([]byte, error) {
	packed, err := r.pack()
	if err != nil {
		return nil, err
	}
	header := append([]byte(magic), version)
	header = append(header, make([]byte, headerLen-len(header))...)
	if _, err := rand.Read(header[len(magic)+1:]); err != nil {
		return nil, fmt.Errorf("make a salt: %w", err)
	}
	aead, nonce, err := cipherOf(code, header)
	if err != nil {
		return nil, err
	}
	sealed := aead.Seal(bytes.Clone(header), nonce, packed, header)
	sum := sha256.Sum256(sealed)
	return append(sealed, sum[:]...), nil
}

// Open shows what Seal hid.
func Open(code string, sealed []byte) (Roster, error) {
	if len(sealed) <= len(magic) || string(sealed[:len(magic)]) != magic {
		return Roster{}, ErrDamaged
	}
	if sealed[len(magic)] > version {
		return Roster{}, ErrNewer
	}
	body := sealed[:max(len(sealed)-sha256.Size, 0)]
	if sum := sha256.Sum256(body); len(sealed) < leastLen || !bytes.Equal(sum[:], sealed[len(body):]) {
		return Roster{}, ErrDamaged
	}
	header := body[:headerLen]
	aead, nonce, err := cipherOf(code, header)
	if err != nil {
		return Roster{}, err
	}
	packed, err := aead.Open(nil, nonce, body[headerLen:], header)
	if err != nil {
		return Roster{}, ErrCode
	}
	return unpack(packed)
}

// cipherOf derives the key of a header.
func cipherOf(code string, header []byte) (cipher.AEAD, []byte, error) {
	turn <- struct{}{}
	defer func() { <-turn }()
	salt := header[len(magic)+1:][:saltLen]
	key := argon2.IDKey([]byte(auth.PlainClaim(code)), salt, passes, memoryKiB, lanes, chacha20poly1305.KeySize)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, nil, fmt.Errorf("prepare cipher: %w", err)
	}
	return aead, header[headerLen-chacha20poly1305.NonceSizeX:], nil
}
