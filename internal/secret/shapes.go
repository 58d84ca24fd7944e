package secret

const (
	lowerHex = "0123456789abcdef"
	alnum    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	base64   = alnum + "+/"
	urlSafe  = alnum + "_-"
	upper32  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	bech32   = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
)

// shape is the form of the tokens of one issuer, as its documentation or its scanners for leaks tell it.
type shape struct {
	prefix string
	// alphabet, least and most are what follows the prefix.
	alphabet    string
	least, most int
	what        string
	public, key bool
}

func (s *shape) fits(rest string) bool {
	return s.least <= len(rest) && len(rest) <= s.most && all(rest, s.alphabet)
}

// long is the length of tokens that may grow.
const long = 512

var shapes = []shape{
	{prefix: "ghp_", alphabet: alnum, least: 36, most: 36, what: "a GitHub token"},
	{prefix: "gho_", alphabet: alnum, least: 36, most: 36, what: "a GitHub token"},
	{prefix: "ghu_", alphabet: alnum, least: 36, most: 36, what: "a GitHub token"},
	{prefix: "ghs_", alphabet: alnum, least: 36, most: 36, what: "a GitHub token"},
	{prefix: "ghr_", alphabet: alnum, least: 36, most: 76, what: "a GitHub token"},
	{prefix: "github_pat_", alphabet: alnum + "_", least: 82, most: 82, what: "a GitHub token"},
	{prefix: "glpat-", alphabet: urlSafe, least: 20, most: 22, what: "a GitLab token"},
	{prefix: "glpat-", alphabet: urlSafe + ".", least: 27, most: long, what: "a GitLab token"},
	{prefix: "gldt-", alphabet: urlSafe, least: 20, most: 64, what: "a GitLab token"},
	{prefix: "glrt-", alphabet: urlSafe + ".", least: 20, most: long, what: "a token of a GitLab runner"},
	{prefix: "glptt-", alphabet: lowerHex, least: 40, most: 40, what: "a GitLab token"},
	{prefix: "glsoat-", alphabet: urlSafe, least: 20, most: 64, what: "a GitLab token"},
	{prefix: "xoxb-", alphabet: alnum + "-", least: 20, most: long, what: "a Slack token"},
	{prefix: "xoxp-", alphabet: alnum + "-", least: 20, most: long, what: "a Slack token"},
	{prefix: "xoxa-", alphabet: alnum + "-", least: 20, most: long, what: "a Slack token"},
	{prefix: "xoxr-", alphabet: alnum + "-", least: 20, most: long, what: "a Slack token"},
	{prefix: "xoxs-", alphabet: alnum + "-", least: 20, most: long, what: "a Slack token"},
	{prefix: "xapp-", alphabet: alnum + "-", least: 40, most: long, what: "a Slack token"},
	{prefix: "AKIA", alphabet: upper32, least: 16, most: 16, what: "the id of an AWS access key"},
	{prefix: "ASIA", alphabet: upper32, least: 16, most: 16, what: "the id of an AWS access key"},
	{prefix: "sk_live_", alphabet: alnum, least: 24, most: 250, what: "a key of Stripe"},
	{prefix: "rk_live_", alphabet: alnum, least: 24, most: 250, what: "a key of Stripe"},
	{prefix: "npm_", alphabet: alnum, least: 36, most: 36, what: "an npm token"},
	{prefix: "pypi-AgEIcHlwaS5vcmc", alphabet: urlSafe, least: 50, most: long, what: "a PyPI token"},
	{prefix: "rubygems_", alphabet: lowerHex, least: 48, most: 48, what: "a RubyGems key"},
	{prefix: "cio", alphabet: alnum, least: 32, most: 32, what: "a crates.io token"},
	{prefix: "dckr_pat_", alphabet: urlSafe, least: 27, most: 27, what: "a Docker Hub token"},
	{prefix: "dckr_oat_", alphabet: urlSafe, least: 32, most: 32, what: "a Docker Hub token"},
	{prefix: "AIza", alphabet: urlSafe, least: 35, most: 35, what: "a Google API key", public: true},
	{prefix: "GOCSPX-", alphabet: urlSafe, least: 28, most: 28, what: "a Google client secret", public: true},
	{prefix: "ya29.", alphabet: urlSafe, least: 50, most: long, what: "a Google access token"},
	{prefix: "sk-ant-", alphabet: urlSafe, least: 80, most: 160, what: "an Anthropic API key"},
	{prefix: "sk-proj-", alphabet: urlSafe, least: 40, most: 200, what: "an OpenAI API key"},
	{prefix: "sk-svcacct-", alphabet: urlSafe, least: 40, most: 200, what: "an OpenAI API key"},
	{prefix: "sk-or-v1-", alphabet: lowerHex, least: 64, most: 64, what: "an OpenRouter API key"},
	{prefix: "sk-", alphabet: alnum, least: 48, most: 48, what: "an OpenAI API key"},
	{prefix: "hf_", alphabet: alnum, least: 34, most: 34, what: "a Hugging Face token"},
	{prefix: "dop_v1_", alphabet: lowerHex, least: 64, most: 64, what: "a DigitalOcean token"},
	{prefix: "doo_v1_", alphabet: lowerHex, least: 64, most: 64, what: "a DigitalOcean token"},
	{prefix: "dor_v1_", alphabet: lowerHex, least: 64, most: 64, what: "a DigitalOcean token"},
	{prefix: "tskey-auth-", alphabet: alnum + "-", least: 20, most: 80, what: "a Tailscale key"},
	{prefix: "tskey-api-", alphabet: alnum + "-", least: 20, most: 80, what: "a Tailscale key"},
	{prefix: "tskey-client-", alphabet: alnum + "-", least: 20, most: 80, what: "a Tailscale key"},
	{prefix: "SG.", alphabet: urlSafe + ".", least: 66, most: 66, what: "a SendGrid key"},
	{prefix: "hvs.", alphabet: urlSafe, least: 24, most: long, what: "a Vault token"},
	{prefix: "hvb.", alphabet: urlSafe, least: 90, most: long, what: "a Vault token"},
	{prefix: "glsa_", alphabet: alnum + "_", least: 41, most: 41, what: "a Grafana token"},
	{prefix: "lin_api_", alphabet: alnum, least: 40, most: 40, what: "a Linear key"},
	{prefix: "dapi", alphabet: lowerHex, least: 32, most: 32, what: "a Databricks token"},
	{prefix: "shpat_", alphabet: lowerHex, least: 32, most: 32, what: "a Shopify token"},
	{prefix: "shpss_", alphabet: lowerHex, least: 32, most: 32, what: "a Shopify secret"},
	{prefix: "dp.pt.", alphabet: alnum, least: 40, most: 44, what: "a Doppler token"},
	{prefix: "pul-", alphabet: lowerHex, least: 40, most: 40, what: "a Pulumi token"},
	{prefix: "sntrys_", alphabet: alnum + "_-", least: 60, most: long, what: "a Sentry token"},
	{prefix: "K10", alphabet: lowerHex, least: 64, most: 64, what: "a K3s token"},
	{prefix: "AGE-SECRET-KEY-1", alphabet: bech32, least: 58, most: 58, what: "a private key of age", key: true},
	{prefix: "AGE-SECRET-KEY-PQ-1", alphabet: bech32, least: 58, most: 90, what: "a private key of age", key: true},
	{prefix: "age-secret-key-1", alphabet: "qpzry9x8gf2tvdw0s3jn54khce6mua7l", least: 58, most: 58, what: "a private key of age", key: true},
}

// shapesBy holds the shapes by the first byte of their tokens.
var shapesBy = func() (by [256][]*shape) {
	for i := range shapes {
		first := shapes[i].prefix[0]
		by[first] = append(by[first], &shapes[i])
	}
	return by
}()
