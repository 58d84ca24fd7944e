package sandbox

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/builders"
	"github.com/nixsift/nixsift/internal/project"
)

// A sourceTree is what is known of the files that a builder reads: those of src, and of paths that the script interpolates.
type sourceTree struct {
	reader *builders.Reader
	src    string // the folder that src is, "" where that is not known
}

// read returns a file of the project.
func (t *sourceTree) read(path string) (text string, ok bool) {
	if t.reader.Project.Kind(path) != project.Regular {
		return "", false
	}
	f := t.reader.Project.File(path)
	if f == nil {
		return "", false
	}
	return f.Text(), true
}

// folder returns the folder of the project that an operand is: ${./overlay}, ${./deploy}/prod, or a path below src. ok is false
// where that is not known.
func (l *line) folder(operand string) (dir string, ok bool) {
	if n := l.interpolated(operand); n.IsValid() {
		rest := operand[min(len(operand), len(n.Parent().Text())):]
		base, isPath := project.Resolve(l.tree.reader.Path, l.tree.reader.Follow(n))
		if !isPath || strings.ContainsAny(rest, "$`") {
			return "", false
		}
		return filepath.Join(base, filepath.FromSlash(rest)), true
	}
	if l.tree.src == "" || strings.ContainsAny(operand, "$`") || strings.HasPrefix(operand, "/") || strings.HasPrefix(operand, "..") {
		return "", false
	}
	if rest, isSrc := strings.CutPrefix(operand, "$src"); isSrc {
		operand = strings.TrimPrefix(rest, "/")
	}
	return filepath.Join(l.tree.src, filepath.FromSlash(operand)), true
}

// sourceOf returns the folder that the attribute src of a derivation is, or "".
func sourceOf(r *builders.Reader, d *builders.Derivation) string {
	if !d.Attrs.IsValid() {
		return ""
	}
	set := d.Attrs.Unparen()
	for set.Is(ast.Lambda) {
		set = set.Child(1).Unparen()
	}
	b, ok := ast.Attr(set, "src")
	if !ok {
		return ""
	}
	path, _ := project.Resolve(r.Path, r.Follow(b.Value()))
	return path
}

// localChart reports whether a chart is one of the project whose dependencies are files, or none.
func (l *line) localChart(chart string) bool {
	if chart == "" {
		chart = "."
	}
	dir, ok := l.folder(chart)
	if !ok {
		return false
	}
	text, ok := l.tree.read(filepath.Join(dir, "Chart.yaml"))
	if !ok {
		return false
	}
	for entry := range strings.Lines(text) {
		repo, isRepo := strings.CutPrefix(strings.TrimLeft(entry, " -"), "repository:")
		repo = strings.Trim(strings.TrimSpace(repo), `"'`)
		if isRepo && repo != "" && !strings.HasPrefix(repo, "file:") {
			return false
		}
	}
	return true
}

// kustomization are the names of the file that kustomize reads in a folder.
var kustomization = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// kustomizeFiles are the attributes of it whose entries may be addresses.
const kustomizeFiles = " resources bases components crds configurations transformers generators validators patchesStrategicMerge "

// remoteBase matches what kustomize fetches: URLs, repositories on a host, anything with a version.
var remoteBase = regexp.MustCompile(`^(?:git::)?(?:https?|ssh|git)://|^[\w.-]+@[\w.-]+:|^(?:[\w-]+\.)+[a-z]{2,}/|^[^$].*\?(?:ref|version)=`)

// isRemoteBase reports whether an entry of the kustomization in a folder is fetched: what lies there is not.
func (l *line) isRemoteBase(dir, entry string) bool {
	return remoteBase.MatchString(entry) && (strings.Contains(entry, "://") || l.tree.reader.Project.Kind(filepath.Join(dir, filepath.FromSlash(entry))) == project.Nothing)
}

func (l *line) kustomize() (use, bool) {
	name, n, rest := l.sub("o", "--output --load-restrictor --reorder --namespace --context --kubeconfig --helm-command")
	what := l.cmdName() + " " + name
	if name != "build" && name != "kustomize" || l.cmdName() == "kubectl" && name != "kustomize" {
		return use{}, false
	}
	dir := "."
	if len(rest) > 0 {
		dir = rest[0]
	}
	if remoteBase.MatchString(dir) && address(dir) != local {
		return use{n, what, fetchRepo + ", and a local path", false}, true
	}
	if path, ok := l.folder(dir); ok {
		l.seen = map[string]bool{}
		return l.bases(path, use{n, what, fetchRepo + ", and a local path in its `kustomization.yaml`", false})
	}
	return use{}, false
}

// bases tells whether the kustomization in a folder, or one that it reads, has an entry that is an address.
func (l *line) bases(dir string, u use) (use, bool) {
	const maxBases = 32
	if l.seen[dir] || len(l.seen) >= maxBases {
		return use{}, false
	}
	l.seen[dir] = true
	for _, name := range kustomization {
		file := filepath.Join(dir, name)
		text, ok := l.tree.read(file)
		if !ok {
			continue
		}
		key, at := "", uint32(0)
		var below []string
		for entry := range strings.Lines(text) {
			start := at
			at += uint32(len(entry))
			item := strings.TrimSpace(entry)
			switch {
			case item == "" || item[0] == '#':
			case entry[0] != ' ' && entry[0] != '-':
				key, _, _ = strings.Cut(item, ":")
			case strings.HasPrefix(item, "- "):
				value, _, _ := strings.Cut(strings.TrimSpace(item[2:]), " #")
				value = strings.Trim(strings.TrimSpace(value), `"'`)
				chart := key == "helmCharts" && l.has("--enable-helm")
				if !strings.Contains(kustomizeFiles, " "+key+" ") && !chart {
					continue
				}
				if l.isRemoteBase(dir, value) {
					from := start + uint32(strings.Index(entry, value))
					l.entry, l.entryAt = file, source.Span{Start: from, End: from + uint32(len(value))}
					return u, true
				}
				if !strings.Contains(value, ":") {
					below = append(below, filepath.Join(dir, filepath.FromSlash(value)))
				}
			case key == "helmCharts" && l.has("--enable-helm") && strings.HasPrefix(item, "repo:"):
				from := start + uint32(strings.Index(entry, "repo:"))
				l.entry, l.entryAt = file, source.Span{Start: from, End: from + uint32(len(item))}
				return u, true
			}
		}
		for _, next := range below {
			if found, ok := l.bases(next, u); ok {
				return found, true
			}
		}
		break
	}
	return use{}, false
}
