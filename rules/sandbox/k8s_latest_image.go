package sandbox

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var latestAirgapped = airgapped()

var _ = rules.Register(&rules.Rule{
	ID: "k8s-latest-image", Family: family, Since: "0.1.0",
	Summary: "A manifest for Kubernetes names an image without a fixed version",
	Doc: "`image: app` and `image: app:latest` stand for what the registry has at the moment. Kubernetes asks the registry for it at each\n" +
		"start (`imagePullPolicy` is `Always` for `latest`), which a cluster behind an air gap cannot reach, and nobody knows which version runs.\n" +
		"\n" +
		"Name a version that is loaded with the machine, as by `services.k3s.images`. Read are manifests in sets with `apiVersion` and `kind`,\n" +
		"as for `services.k3s.manifests` and `builtins.toJSON`, YAML in strings, and files of YAML or JSON that `manifests` of K3s have or that are\n" +
		"read, as by `builtins.readFile` and `importJSON`; what such a file has is told where it is named. An image with a digest has a fixed\n" +
		"version.\n" +
		"\n" +
		toldAirgapped("k8s-latest-image"),
	Severity: diag.Warning, Presets: rules.Recommended,
	Options: []*rules.Option{latestAirgapped.Option},
	On:      []ast.Kind{ast.String, ast.IndString, ast.Path},
	File: func(p *rules.Pass) {
		if !latestAirgapped.In(p) {
			return
		}
		for _, image := range manifestImages(p, tellLong(p)) {
			tag := image.tag()
			if image.hasDigest() || tag != "" && tag != "latest" || tag == "" && image.isComputed() {
				continue
			}
			f := diag.Finding{Span: image.Span, Related: image.related(), Help: "name a version, and load the image with the machine"}
			if tag == "" {
				f.Message = fmt.Sprintf("the image `%s` has no tag, so that it is `latest`: a cluster without network cannot pull it", image.Text)
			} else {
				f.Message = fmt.Sprintf("the image `%s` is pulled at each start, which a cluster without network cannot", image.Text)
			}
			p.ReportMildly(f, diag.Info)
		}
	},
})
