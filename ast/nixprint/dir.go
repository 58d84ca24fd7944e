package nixprint

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxLinks bounds the symbolic links that are followed (search-path.cc, resolveExprPath).
const maxLinks = 1024

// BaseDir returns the folder that relative path literals of a file start from, as nix-instantiate has it:
// file is made absolute from cwd, a symbolic link as its last component is followed, links in its folders
// are not, and a folder stands for its default.nix. The file "-" is standard input and lies in cwd.
func BaseDir(file, cwd string) (string, error) {
	if file == "-" {
		return filepath.Clean(cwd), nil
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(cwd, file)
	}
	file = filepath.Clean(file)
	for links := 0; ; links++ {
		info, err := os.Lstat(file)
		if err != nil {
			return "", fmt.Errorf("finding the folder of %s: %w", file, err)
		}
		if info.Mode()&os.ModeSymlink == 0 {
			if info.IsDir() {
				return file, nil
			}
			return filepath.Dir(file), nil
		}
		if links == maxLinks {
			return "", fmt.Errorf("finding the folder of %s: too many symbolic links", file)
		}
		target, err := os.Readlink(file)
		if err != nil {
			return "", fmt.Errorf("finding the folder of %s: %w", file, err)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(file), target)
		}
		file = filepath.Clean(target)
	}
}
