package flake

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// StoreDir is the folder of the Nix store, unless an installation has another.
const StoreDir = "/nix/store"

// sourceName is the name that Nix gives the tree of a fetched input, unless the reference has one (Input::getName in
// libfetchers/fetchers.cc).
const sourceName = "source"

// StorePath returns where the tree of a locked input lies in a store once it is there: the name of a tree that nothing but its
// content decides follows from its narHash (makeFixedOutputPath and makeStorePath in store-dir-config.cc). ok is false where the node has none,
// as a relative path.
func (n *LockNode) StorePath(storeDir string) (path string, ok bool) {
	digest, ok := narDigest(n.NarHash())
	if !ok {
		return "", false
	}
	name := n.Locked.Get("name")
	if name == "" {
		name = sourceName
	}
	fingerprint := sha256.Sum256([]byte("source:sha256:" + hex.EncodeToString(digest) + ":" + storeDir + ":" + name))
	return storeDir + "/" + nix32(fold(fingerprint[:], storeHashSize)) + "-" + name, true
}

// narDigest returns the SHA-256 digest that a hash in SRI form states.
func narDigest(text string) (digest []byte, ok bool) {
	if text == "" || !isNarHash(text) {
		return nil, false
	}
	body, _, _ := strings.Cut(strings.TrimPrefix(text, "sha256-"), "?")
	body = strings.TrimRight(strings.ReplaceAll(body, "\n", ""), "=")
	digest, err := base64.RawStdEncoding.DecodeString(body)
	return digest, err == nil && len(digest) == sha256.Size
}

// storeHashSize is the size in bytes of the hash in a store path.
const storeHashSize = 20

// fold shortens a hash by xor (compressHash in hash.cc).
func fold(hash []byte, size int) []byte {
	out := make([]byte, size)
	for i, b := range hash {
		out[i%size] ^= b
	}
	return out
}

// nix32Letters are the digits of Nix's base-32 notation, which has no e, o, u and t.
const nix32Letters = "0123456789abcdfghijklmnpqrsvwxyz"

// nix32 writes a hash in Nix's base-32 notation: five bits a digit, the last ones first (BaseNix32 in base-nix-32.cc).
func nix32(hash []byte) string {
	length := (len(hash)*8-1)/5 + 1
	out := make([]byte, 0, length)
	for n := length - 1; n >= 0; n-- {
		bit := n * 5
		at, shift := bit/8, bit%8
		c := uint16(hash[at]) >> shift
		if at+1 < len(hash) {
			c |= uint16(hash[at+1]) << (8 - shift)
		}
		out = append(out, nix32Letters[c&31])
	}
	return string(out)
}
