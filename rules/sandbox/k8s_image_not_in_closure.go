package sandbox

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var closureAirgapped = airgapped()

var _ = rules.Register(&rules.Rule{
	ID: "k8s-image-not-in-closure", Family: family, Since: "0.1.0",
	Summary: "A manifest for Kubernetes names an image that no derivation of the project makes",
	Doc: "A cluster behind an air gap has the images that are brought with the machine, as by `services.k3s.images`. One that a manifest names\n" +
		"and no derivation of the project makes or pulls is missing there: the pod stays in `ImagePullBackOff`.\n" +
		"\n" +
		"Pull it with `pkgs.dockerTools.pullImage`, under the name and tag that the manifest has, and add it to `services.k3s.images`. Images\n" +
		"are compared by name and tag; where the name or tag of an image of the project is computed, it may be this one. Those of `rancher/`\n" +
		"come with K3s' own archive of images. What is interpolated, or has a digest alone, is not judged.\n" +
		"\n" +
		toldAirgapped("k8s-image-not-in-closure"),
	Severity: diag.Warning, Presets: rules.Recommended,
	Options: []*rules.Option{closureAirgapped.Option},
	Asks:    project.ForImages,
	On:      []ast.Kind{ast.String, ast.IndString, ast.Path},
	File: func(p *rules.Pass) {
		if !closureAirgapped.In(p) {
			return
		}
		for _, image := range manifestImages(p, tellLong(p, "k8s-latest-image")) {
			name, tag := image.name(), image.tag()
			if tag == "" || tag == "latest" || image.isComputed() || strings.HasPrefix(strings.TrimPrefix(name, "docker.io/"), "rancher/") {
				continue
			}
			p.ReportUnless(diag.Finding{
				Span: image.Span, Related: image.related(), Message: fmt.Sprintf("no image of the project is `%s`: a cluster without network cannot pull it", image.Text),
				Help: "pull it with `pkgs.dockerTools.pullImage` under this name and tag, and load it with the machine",
			}, diag.Info, func(a *rules.Asked) bool { return a.MayProvideImage(name, tag) })
		}
	},
})
