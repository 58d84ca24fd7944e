// Command bench compares whole runs of `nixsift check` over a tree with such runs that have the rules in preview on, or all
// rules, with merely reading its Nix files, with `nix-instantiate --parse` and, where they are installed, with other linters. All
// run in turn, several times, and the medians count: quote the ratios, not the seconds. With -git it compares runs over the tree
// in and outside of git instead.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/nixsift/nixsift/parser"
)

func main() {
	tree := flag.String("tree", "../shared/corpus/bench", "the folder to check")
	rounds := flag.Int("rounds", 7, "how often each command runs")
	nix := flag.String("nix", "nix-instantiate", "the nix-instantiate to compare with")
	only := flag.String("bare", "", "only list the files, or also read, or also parse them, with two goroutines: list, read or parse; used by the comparison itself")
	inGit := flag.Bool("git", false, "compare repositories made of the folder, and of many packages")
	packages := flag.Int("packages", 45000, "the number of Nix files beside the folder in the large repository")
	keep := flag.String("keep", "", "the folder to make the repositories in, and to find them in the next time")
	flag.Parse()
	var err error
	switch {
	case *only != "":
		err = bare(*tree, *only)
	case *inGit:
		err = repositories(*tree, *rounds, *packages, *keep)
	default:
		err = compare(*tree, *rounds, *nix)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bare lists the Nix files of a tree, reads and parses them, as far as it is told.
func bare(tree, what string) error {
	files, err := nixFiles(tree)
	if err != nil || what == "list" {
		return err
	}
	var next, failed atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			var ps parser.Parser
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				text, err := os.ReadFile(files[i])
				switch {
				case err != nil:
					failed.Add(1)
				case what == "parse":
					ps.Parse(unsafe.String(unsafe.SliceData(text), len(text))) // nobody writes to it
				}
			}
		})
	}
	wg.Wait()
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d files could not be read", n)
	}
	return nil
}

// contender is one command of the comparison. A status of 1 is no failure: linters have findings.
type contender struct {
	name  string
	args  []string
	times []time.Duration
	used  []time.Duration // of the processors
	rss   int64

	base *contender // what it is compared with, or nil
	aim  string
}

// least returns the shortest time: what others do on the machine only adds to it.
func (c *contender) least() time.Duration { return slices.Min(c.times) }

// cpu returns the least time of the processors, which others disturb less.
func (c *contender) cpu() time.Duration { return slices.Min(c.used) }

// build builds nixsift in a folder and returns the path of the program.
func build(dir string) (string, error) {
	bin := filepath.Join(dir, "nixsift")
	if out, err := exec.Command("go", "build", "-o", bin, "./cmd/nixsift").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building nixsift: %w\n%s", err, out)
	}
	return bin, nil
}

// runAll runs the contenders in turn, several times.
func runAll(contenders []*contender, rounds int) error {
	for range rounds {
		for _, c := range contenders {
			start := time.Now()
			cmd := exec.Command(c.args[0], c.args[1:]...)
			if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			c.times = append(c.times, time.Since(start))
			c.used = append(c.used, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
			c.rss = max(c.rss, maxRSS(cmd.ProcessState))
		}
	}
	return nil
}

func compare(tree string, rounds int, nix string) error {
	dir, err := os.MkdirTemp("", "nixsift-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin, err := build(dir)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	contenders := []*contender{
		{name: "nixsift check", args: []string{bin, "check", "--exit-zero", "--format", "short", tree}},
		{name: "nixsift check --preview", args: []string{bin, "check", "--exit-zero", "--format", "short", "--preview", tree}},
		{name: "nixsift check, all rules", args: []string{bin, "check", "--exit-zero", "--format", "short", "--preset", "all", "--preview", tree}},
		{name: "reading", args: []string{self, "-bare", "read", "-tree", tree}},
	}
	files, err := nixFiles(tree)
	if err != nil {
		return err
	}
	if path, err := exec.LookPath(nix); err == nil {
		contenders = append(contenders, &contender{name: nix + " --parse", args: append([]string{path, "--parse"}, parseable(path, files)...)})
	}
	for _, other := range []contender{
		{name: "deadnix", args: []string{"deadnix", tree}},
		{name: "statix", args: []string{"statix", "check", tree}},
	} {
		if _, err := exec.LookPath(other.args[0]); err == nil {
			contenders = append(contenders, &other)
		}
	}
	if err := runAll(contenders, rounds); err != nil {
		return err
	}
	base := median(contenders[0].times)
	fmt.Printf("%d files, median of %d runs\n\n%-34s %10s %10s %10s %18s\n", len(files), rounds, "", "seconds", "CPU", "MiB", "nixsift is x times")
	for _, c := range contenders {
		m := median(c.times)
		fmt.Printf("%-34s %10.3f %10.3f %10.0f %18.2f\n", c.name, m.Seconds(), median(c.used).Seconds(), float64(c.rss)/(1<<20), base.Seconds()/m.Seconds())
	}
	return nil
}

// parseable leaves out what the program refuses, since it stops at the first such file.
func parseable(nix string, files []string) []string {
	ok := slices.Clone(files)
	for {
		// Its output is not kept: a process starts with the memory of its parent counted as its own.
		var out strings.Builder
		cmd := exec.Command(nix, append([]string{"--parse"}, ok...)...)
		cmd.Stderr = &out
		if cmd.Run() == nil {
			return ok
		}
		before := len(ok)
		ok = slices.DeleteFunc(ok, func(f string) bool { return strings.Contains(out.String(), f+":") })
		if len(ok) == before {
			return ok
		}
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
