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

// repositories compares runs over the same tree in and outside of git: as a repository of its own, and as a folder of
// one with a large collection of packages beside it; over all of that; and over a corpus of many and large files. A
// folder that is given keeps what is made for the next time.
func repositories(tree string, rounds, packages int, keep string) error {
	dir := keep
	if dir == "" {
		temporary, err := os.MkdirTemp("", "nixsift-bench")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temporary) }()
		dir = temporary
	} else if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	bin, err := build(dir)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	made, err := makeTrees(filepath.Join(dir, fmt.Sprint("trees-", packages)), tree, packages)
	if err != nil {
		return err
	}
	local, err := localRules(bin)
	if err != nil {
		return err
	}
	t := table{bin: bin, self: self}
	inside, large := filepath.Join(made.Large, "tree"), made.Large
	one, ci := filepath.Join(large, filepath.FromSlash(made.Example)), filepath.Join(large, filepath.FromSlash(made.CI))

	t.group("where no rule asks about the whole project")
	outside := t.check(nil, "outside of git", "", local, made.Outside)
	t.check(outside, "its own repository", "1.15", local, made.Own)
	t.check(outside, "a folder of the large one", "1.4, 70 MiB", local, inside)
	t.check(nil, "one file of it", "0.030 s", local, one)
	t.check(nil, "a CI file of it", "0.030 s", local, ci)

	t.group("where rules ask")
	outside = t.check(nil, "outside of git", "", made.Outside)
	t.check(outside, "its own repository", "", made.Own)
	inLarge := t.check(outside, "a folder of the large one", "", inside)
	oneAsks := t.check(nil, "one file of it", "", one)
	ciAsks := t.check(nil, "a CI file of it", "", ci)
	read := t.bare("bare list and read of the large one", "read", large)

	t.group("the whole large one")
	t.bare("bare list", "list", large)
	parse := t.bare("bare list, read and parse", "parse", large)
	t.check(parse, "check", "1.5, 120 MiB", large)
	t.check(parse, "check, all rules, as JSON", "", "--format", "json", "--preset", "all", large)
	t.others(parse, large)

	t.group("a corpus of many and large files")
	read2 := t.bare("bare list and read", "read", made.Corpus)
	t.check(read2, "check outside of git", "3, 120 MiB", made.Corpus)
	t.check(read2, "check in git", "3, 120 MiB", made.CorpusInGit)
	t.others(read2, made.Corpus)

	if err := runAll(t.contenders, rounds); err != nil {
		return err
	}
	fmt.Printf("%d Nix files in the tree, %d in the large repository with it, %d in the corpus; the least of %d runs\n\n", made.InTree, made.InLarge, made.InCorpus, rounds)
	t.print()
	fmt.Printf("\nWhat asking costs, in bare reads of the large one: a folder of it %.2f, one file %.2f, a CI file %.2f (aim: 1.5).\n",
		(inLarge.cpu()-outside.cpu()).Seconds()/read.cpu().Seconds(), oneAsks.cpu().Seconds()/read.cpu().Seconds(), ciAsks.cpu().Seconds()/read.cpu().Seconds())
	return nil
}

// table collects commands to compare, and prints what came of them.
type table struct {
	bin, self  string
	contenders []*contender
	groups     []string // by contender: the title of the group that starts with it
	title      string
}

func (t *table) group(title string) { t.title = title }

func (t *table) add(c *contender) *contender {
	t.contenders, t.groups = append(t.contenders, c), append(t.groups, t.title)
	t.title = ""
	return c
}

func (t *table) check(base *contender, name, aim string, args ...string) *contender {
	return t.add(&contender{name: name, aim: aim, base: base, args: append([]string{t.bin, "check", "--exit-zero", "--format", "short"}, args...)})
}

func (t *table) bare(name, what, tree string) *contender {
	return t.add(&contender{name: name, args: []string{t.self, "-bare", what, "-tree", tree}})
}

// others adds other linters, where they are installed.
func (t *table) others(base *contender, tree string) {
	for _, args := range [][]string{{"deadnix", tree}, {"statix", "check", tree}} {
		if _, err := exec.LookPath(args[0]); err == nil {
			t.add(&contender{name: args[0], base: base, args: args})
		} else {
			fmt.Fprintf(os.Stderr, "bench: %s is not installed, and left out\n", args[0])
		}
	}
}

func (t *table) print() {
	fmt.Printf("%-38s %9s %9s %7s %8s %9s   %s\n", "", "seconds", "CPU s", "MiB", "x times", "x CPU", "aim")
	for i, c := range t.contenders {
		if t.groups[i] != "" {
			fmt.Printf("%s\n", t.groups[i])
		}
		ratio, cpu := "", ""
		if c.base != nil {
			ratio = fmt.Sprintf("%.2f", c.least().Seconds()/c.base.least().Seconds())
			cpu = fmt.Sprintf("%.2f", c.cpu().Seconds()/c.base.cpu().Seconds())
		}
		fmt.Printf("  %-36s %9.3f %9.3f %7.0f %8s %9s   %s\n", c.name, c.least().Seconds(), c.cpu().Seconds(), float64(c.rss)/(1<<20), ratio, cpu, c.aim)
	}
}

// asking are the rules that may ask about the whole project, and the families of which most do.
var asking = []string{
	"undefined-variable", "undefined-unless-scoped", "unused-lambda-formal", "missing-path", "deprecated-lib-alias", "module", "flake", "ci",
}

// localRules returns the flag that selects the recommended rules to which a file and Git tell all they need, apart from those in preview.
func localRules(bin string) (string, error) {
	out, err := exec.Command(bin, "rules", "--format", "json").Output()
	if err != nil {
		return "", fmt.Errorf("listing the rules: %w", err)
	}
	var list []struct {
		ID, Family, Stage string
		Presets           []string
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return "", fmt.Errorf("listing the rules: %w", err)
	}
	var ids []string
	for _, r := range list {
		if r.Stage == "stable" && slices.Contains(r.Presets, "recommended") && !slices.Contains(asking, r.ID) && !slices.Contains(asking, r.Family) {
			ids = append(ids, r.ID)
		}
	}
	return "--only=" + strings.Join(ids, ","), nil
}

// trees are the folders that are compared.
type trees struct {
	Outside, Own, Large, Corpus, CorpusInGit string
	Example, CI                              string // files of the large one, relative to it
	InTree, InLarge, InCorpus                int    // Nix files
}

// makeTrees makes them below a folder, or takes what was made there.
func makeTrees(dir, tree string, packages int) (*trees, error) {
	note := filepath.Join(dir, "trees.json")
	t := &trees{}
	if text, err := os.ReadFile(note); err == nil {
		return t, json.Unmarshal(text, t)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	*t = trees{Outside: at("outside"), Own: at("own"), Large: at("large"), Corpus: at("corpus"), CorpusInGit: at("corpus-in-git")}
	for _, to := range []string{t.Outside, t.Own, filepath.Join(t.Large, "tree")} {
		if err := os.CopyFS(to, os.DirFS(tree)); err != nil {
			return nil, err
		}
	}
	made, err := writeCollection(t.Large, packages)
	if err != nil {
		return nil, err
	}
	t.Example, t.CI = made.example, made.ci
	for _, to := range []string{t.Corpus, t.CorpusInGit} {
		if err := writeCorpus(to, tree); err != nil {
			return nil, err
		}
	}
	for _, root := range []string{t.Own, t.Large, t.CorpusInGit} {
		if err := initRepository(root); err != nil {
			return nil, err
		}
	}
	for root, n := range map[string]*int{t.Outside: &t.InTree, t.Large: &t.InLarge, t.Corpus: &t.InCorpus} {
		files, err := nixFiles(root)
		if err != nil {
			return nil, err
		}
		*n = len(files)
	}
	text, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return t, os.WriteFile(note, text, 0o666)
}

// writeCorpus writes four and a half copies of a tree, and as much again of data that tools wrote, in files of up to some
// megabytes.
func writeCorpus(root, tree string) error {
	files, err := nixFiles(tree)
	if err != nil {
		return err
	}
	put := func(rel, text string) error {
		to := filepath.Join(root, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		return os.WriteFile(to, []byte(text), 0o666)
	}
	for i := range 9 {
		for j, path := range files {
			if j%2 != i%2 {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(tree, path)
			if err == nil {
				err = put(filepath.Join(fmt.Sprint("copy", i/2), rel), string(text))
			}
			if err != nil {
				return err
			}
		}
	}
	data := &collection{random: rand.New(rand.NewPCG(2, 2))}
	for i := range 60 {
		var b strings.Builder
		b.WriteString("# This file was generated by a tool. Do not edit!\n{ fetchurl, callPackage }:\n{\n")
		for n := range 200 << (i % 7) {
			fmt.Fprintf(&b, "  \"p-%d\" = callPackage ({ mkDerivation, base, bytes%d }: mkDerivation {\n    pname = \"p-%d\"; version = \"1.%d\";\n", n, n, n, i)
			fmt.Fprintf(&b, "    src = fetchurl { url = \"https://registry.example.org/p/-/%d.tgz\"; hash = %q; };\n", n, data.hash())
			fmt.Fprintf(&b, "    libraryHaskellDepends = [ base bytes%d ];\n  }) { bytes%d = null; };\n", n, n)
		}
		b.WriteString("}\n")
		if err := put(fmt.Sprintf("data/%d/packages.nix", i), b.String()); err != nil {
			return err
		}
	}
	return nil
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
