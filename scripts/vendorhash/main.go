// Command vendorhash keeps the vendorHash in nix/package.nix: the hash of the folder that `go mod vendor` writes, which
// is what the fixed-output derivation of nixpkgs' buildGoModule has (pkgs/build-support/go/module.nix, without
// proxyVendor). Run it from the repository's root after go.mod changed or a package imports another module:
//
//	go run ./scripts/vendorhash
//
// With -check it writes nothing and fails where the file has another hash.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
)

const packagePath = "nix/package.nix"

func main() {
	check := flag.Bool("check", false, "compare the hash in the file; write nothing")
	root := flag.String("root", ".", "the repository")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "vendorhash:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	path := filepath.Join(root, filepath.FromSlash(packagePath))
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	hash, err := vendorHash(root)
	if err != nil {
		return err
	}
	updated, err := replaceHash(text, hash)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", packagePath, err)
	case bytes.Equal(text, updated):
		return nil
	case check:
		return fmt.Errorf("vendorHash in %s should be %q; run `go run ./scripts/vendorhash`", packagePath, hash)
	}
	return os.WriteFile(path, updated, 0o644)
}

var binding = regexp.MustCompile(`(?m)^\s*vendorHash = "([^"\n]*)";$`)

// replaceHash puts a hash into the one binding of vendorHash.
func replaceHash(text []byte, hash string) ([]byte, error) {
	found := binding.FindAllSubmatchIndex(text, -1)
	if len(found) != 1 {
		return nil, fmt.Errorf("%d lines bind vendorHash to a string, where one should", len(found))
	}
	from, to := found[0][2], found[0][3]
	return slices.Concat(text[:from], []byte(hash), text[to:]), nil
}

// errVendor says that the modules are not to be had.
var errVendor = errors.New("go mod vendor failed")

// vendorHash vendors the modules of the repository into a temporary folder and hashes that.
func vendorHash(root string) (string, error) {
	dir, err := os.MkdirTemp("", "nixsift-vendor")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // of a temporary folder
	vendor := filepath.Join(dir, "vendor")
	cmd := exec.Command("go", "mod", "vendor", "-o", vendor)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GO111MODULE=on")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %w\n%s", errVendor, err, out)
	}
	return hashPath(vendor)
}
