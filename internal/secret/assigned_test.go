package secret_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/secret"
)

func TestFindAssigned(t *testing.T) {
	for text, want := range map[string]string{
		`password=fG7hJ4kL9z`:                                    "fG7hJ4kL9z",
		`"password" : "fG7hJ4kL9z",`:                             "fG7hJ4kL9z",
		`{ \"password\": \"fG7hJ4kL9z\" }`:                       "fG7hJ4kL9z",
		`'password' => 'fG7hJ4kL9z'`:                             "fG7hJ4kL9z",
		`$x["password"] = 'fG7hJ4kL9z';`:                         "fG7hJ4kL9z",
		`password := "fG7hJ4kL9z"`:                               "fG7hJ4kL9z",
		`a=1;Password=fG7hJ4kL9z;b=2`:                            "fG7hJ4kL9z",
		`users.users.kim.password = "fG7hJ4kL9z";`:               "fG7hJ4kL9z",
		`password = fG7hJ4kL9z;`:                                 "",
		`password == "fG7hJ4kL9z"`:                               "",
		`password != "fG7hJ4kL9z"`:                               "",
		`password = f("fG7hJ4kL9z")`:                             "",
		`password=fG7hJ4kL9z(x)`:                                 "",
		`password = config.fG7hJ4kL9z`:                           "",
		`password = "correct horse battery 9"`:                   "",
		`password="$fG7hJ4kL9z"`:                                 "",
		`password="fG7h`:                                         "",
		`token=2024-01-31`:                                       "",
		`token_ttl=fG7hJ4kL9z`:                                   "",
		`next_token=fG7hJ4kL9z`:                                  "",
		`token=sha256-fG7hJ4kL9z`:                                "",
		`token=my-app-2`:                                         "",
		`token=/run/fG7hJ4kL9z`:                                  "",
		`secret=ALERT_TOKEN_2`:                                   "",
		`adminToken: fG7hJ4kL9z # why`:                           "fG7hJ4kL9z",
		`adminToken: fG7hJ4kL9z and more`:                        "",
		`the token: fG7hJ4kL9z`:                                  "",
		`- "X-Api-Token: fG7hJ4kL9z"`:                            "fG7hJ4kL9z",
		`Authorization: token fG7hJ4kL9z`:                        "fG7hJ4kL9z",
		`Authorization: Bearer`:                                  "",
		`Authorization: Basic a2ltOiRQQVNT`:                      "", // kim:$PASS
		`app --auth-token 'fG7hJ4kL9z'`:                          "fG7hJ4kL9z",
		`"--auth-token", "fG7hJ4kL9z"`:                           "fG7hJ4kL9z",
		`app --auth-token --fG7hJ4kL9z`:                          "",
		`app --no-password fG7hJ4kL9z`:                           "fG7hJ4kL9z",
		`ALTER USER kim IDENTIFIED WITH sha2 BY 'secretword'`:    "secretword",
		`the password 'fG7hJ4kL9z' is wrong`:                     "",
		"default login kim\npassword fG7hJ4kL9z\n":               "fG7hJ4kL9z",
		"with password fG7hJ4kL9z":                               "",
		"masterauth fG7hJ4kL9z":                                  "fG7hJ4kL9z",
		"redis-cli -h a -a fG7hJ4kL9z ping":                      "fG7hJ4kL9z",
		"curl -u kim:$fG7hJ4kL9z":                                "",
		"mariadb -p'fG7hJ4kL9z'":                                 "fG7hJ4kL9z",
		"mysql-p fG7hJ4kL9z":                                     "",
		"htpasswd -bc file kim fG7hJ4kL9z":                       "fG7hJ4kL9z",
		"smbclient //a/b -U kim%fG7hJ4kL9z":                      "fG7hJ4kL9z",
		"skopeo copy --dest-creds kim:fG7hJ4kL9z docker://a/b:c": "fG7hJ4kL9z",
		"=:'- password":                                          "",
	} {
		got := ""
		for _, f := range secret.FindAssigned(text) {
			got += f.Span.Of(text)
			assert.NotEmpty(t, f.By.Of(text), text)
		}
		assert.Equal(t, want, got, text)
	}
}

func FuzzFindAssigned(f *testing.F) {
	for _, text := range []string{`a --token "x1`, `password: 'fG7hJ4kL9z'`, "IDENTIFIED BY '", `\"password\":\"fG7h`, "curl -u a:b", "Authorization: Basic ="} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := uint32(0)
		for _, a := range secret.FindAssigned(text) {
			assert.LessOrEqual(t, last, a.Span.Start)
			assert.Less(t, a.Span.Start, a.Span.End)
			assert.LessOrEqual(t, int(a.Span.End), len(text))
			assert.LessOrEqual(t, int(a.By.End), len(text))
			last = a.Span.End
		}
		assert.Len(t, (*secret.Values)(nil).Mask("", text), len(text))
	})
}

func TestMaskAssigned(t *testing.T) {
	var none *secret.Values
	assert.Equal(t, "password=*** and more", none.Hide("password=fG7hJ4kL9z and more"))
	assert.Equal(t, "https://kim:***@a.corp.net/", none.Hide("https://kim:tr0ub4dor@a.corp.net/"))
	assert.Equal(t, `password = "**********";`, none.Mask("", `password = "fG7hJ4kL9z";`))
	assert.Equal(t, "password=changeme", none.Hide("password=changeme"))
}
