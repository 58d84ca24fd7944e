package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// repositories compares runs over the same tree in and outside of git: as a repository of its own, and as a folder
// of one with many packages beside it. All are made in a temporary folder.
func repositories(tree string, rounds, packages int) error {
	dir, err := os.MkdirTemp("", "nixsift-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin, err := build(dir)
	if err != nil {
		return err
	}
	outside, own, large := filepath.Join(dir, "outside"), filepath.Join(dir, "own"), filepath.Join(dir, "large")
	inside := filepath.Join(large, "tree")
	for _, to := range []string{outside, own, inside} {
		if err := os.CopyFS(to, os.DirFS(tree)); err != nil {
			return err
		}
	}
	example, err := writePackages(large, packages)
	if err != nil {
		return err
	}
	for _, root := range []string{own, large} {
		if err := initRepository(root); err != nil {
			return err
		}
	}
	check := func(name string, args ...string) *contender {
		return &contender{name: name, args: append([]string{bin, "check", "--exit-zero", "--format", "short"}, args...)}
	}
	local, err := localRules(bin)
	if err != nil {
		return err
	}
	one := filepath.Join(large, filepath.FromSlash(example))
	contenders := []*contender{
		check("outside of git", outside), check("its own repository", own), check("a folder of the large one", inside),
		check("one file of the large one", one), check("the whole large one", large),
		check("outside of git, local rules", local, outside), check("its own repository, local rules", local, own),
		check("a folder of the large one, local rules", local, inside), check("one file of the large one, local rules", local, one),
	}
	if err := runAll(contenders, rounds); err != nil {
		return err
	}
	files, err := nixFiles(tree)
	if err != nil {
		return err
	}
	fmt.Printf("%d files, %d packages in the large repository, median of %d runs\n\n%-40s %10s %10s %18s\n",
		len(files), packages, rounds, "", "seconds", "MiB", "x times outside")
	for i, c := range contenders {
		base := contenders[0]
		if i >= 5 {
			base = contenders[5]
		}
		fmt.Printf("%-40s %10.3f %10.0f %18.2f\n", c.name, median(c.times).Seconds(), float64(c.rss)/(1<<20), median(c.times).Seconds()/median(base.times).Seconds())
	}
	return nil
}

// asking are the rules that may ask about the whole project, and the families of which most do.
var asking = []string{"undefined-variable", "unused-lambda-formal", "unused-lambda-arg", "eta-reduction", "module", "flake", "ci"}

// localRules returns the flag that selects the recommended rules to which a file and Git tell all they need.
func localRules(bin string) (string, error) {
	out, err := exec.Command(bin, "rules", "--format", "json").Output()
	if err != nil {
		return "", fmt.Errorf("listing the rules: %w", err)
	}
	var list []struct {
		ID, Family string
		Presets    []string
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return "", fmt.Errorf("listing the rules: %w", err)
	}
	var ids []string
	for _, r := range list {
		if slices.Contains(r.Presets, "recommended") && !slices.Contains(asking, r.ID) && !slices.Contains(asking, r.Family) {
			ids = append(ids, r.ID)
		}
	}
	return "--only=" + strings.Join(ids, ","), nil
}

// initRepository makes a repository of what lies in a folder.
func initRepository(root string) error {
	for _, args := range [][]string{{"init", "-q"}, {"-c", "core.autocrlf=false", "add", "-A", "-f"}} {
		if out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %s in %s: %w\n%s", args[0], root, err, out)
		}
	}
	return nil
}

// writePackages writes n packages as different from each other as those of a large collection: of one to three
// files, short and long, with patches beside them, some in deeper folders. It returns the path of one.
func writePackages(root string, n int) (example string, err error) {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	var files int
	put := func(path, text string) error {
		files++
		path = filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(text), 0o666)
	}
	for files < n {
		name := fmt.Sprintf("%s%s%d", pick("lib", "go-", "py", "gnome-", "x", "open", "tree-sitter-", ""), pick("http", "font", "log", "view", "crypt", "parse", "mail", "disk"), files)
		dir := "pkgs/by-name/" + name[:2] + "/" + name
		if random.IntN(6) == 0 {
			dir = "pkgs/" + pick("tools", "servers", "development") + "/" + pick("misc", "text", "libraries") + "/" + name
		}
		dependencies := make([]string, random.IntN(7))
		for i := range dependencies {
			dependencies[i] = pick("zlib", "openssl", "curl", "libxml2", "gtk3", "qtbase", "pkg-config", "cmake", "ncurses", "python3") + strings.Repeat("_", i)
		}
		patch, extra := random.IntN(4) == 0, random.IntN(8) == 0
		if patch {
			err = put(dir+"/fix.patch", strings.Repeat("--- a\n+++ b\n", 1+random.IntN(30)))
		}
		if extra && err == nil {
			err = put(dir+"/tests.nix", "{ pkgs, lib, ... }:\n{\n  name = \""+name+"\";\n  nodes.machine = { environment.systemPackages = [ pkgs."+pick("hello", "git")+" ]; };\n}\n")
		}
		var b strings.Builder
		fetch := pick("fetchurl", "fetchFromGitHub", "fetchzip")
		fmt.Fprintf(&b, "{\n  lib,\n  stdenv,\n  %s,\n", fetch)
		for _, d := range dependencies {
			fmt.Fprintf(&b, "  %s,\n", d)
		}
		fmt.Fprintf(&b, "}:\n\nstdenv.mkDerivation %s{\n  pname = %q;\n  version = \"%d.%d\";\n", pick("", "", "rec "), name, random.IntN(9), random.IntN(30))
		fmt.Fprintf(&b, "  src = %s {\n    url = \"https://example.org/%s.tar.gz\";\n    hash = \"sha256-%s=\";\n  };\n", fetch, name, strings.Repeat(pick("A", "b", "7"), 43))
		if patch {
			b.WriteString("  patches = [ ./fix.patch ];\n")
		}
		fmt.Fprintf(&b, "  buildInputs = [ %s ];\n", strings.Join(dependencies, " "))
		for i := range random.IntN(12) {
			fmt.Fprintf(&b, "  %sFlags%d = lib.optionals stdenv.hostPlatform.%s [ \"--with-%d\" ];\n", pick("configure", "make", "cmake"), i, pick("isLinux", "isDarwin"), i)
		}
		if extra {
			b.WriteString("  passthru.tests.vm = import ./tests.nix;\n")
		}
		fmt.Fprintf(&b, "  postInstall = ''\n%s  '';\n", strings.Repeat("    install -Dm644 doc/$name $out/share/doc\n", random.IntN(10)))
		fmt.Fprintf(&b, "  meta = {\n    description = %q;\n    license = lib.licenses.%s;\n    platforms = lib.platforms.%s;\n  };\n}\n",
			pick("A tool for ", "Library of ", "Simple ")+name, pick("mit", "gpl3Plus", "asl20"), pick("linux", "unix", "all"))
		example = dir + "/package.nix"
		if err == nil {
			err = put(example, b.String())
		}
		if err != nil {
			return "", err
		}
	}
	return example, nil
}

// nixFiles lists the Nix files below a folder.
func nixFiles(tree string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".nix") {
			files = append(files, path)
		}
		return err
	})
	return files, err
}
