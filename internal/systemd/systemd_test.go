package systemd

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

var spans = map[string]bool{
	"15 sek": false, "30sek": false, "5mn": false, "5min 20s": true, "1h30m": true, "infinity": true, "2 weeks": true, "+5": true, "-5": false, ".5s": true,
	"1.5.2": false, "12 34": true, "12.34 .56": true, "5 mins": false, "1H": false, "1M": true, "10 secs": false, "1hrs": false, "5 µs": true, "5ns": false,
	"1 h 30": true, "infinity 5": false, " 5s ": true, "1d12": true, "1,5s": false, "0x5": false, "5 s s": false, "1y2months": true, "5 minutes": true, "0": true,
	"five": false, "5 Min": false, "10:00": false, "90": true, "1week 3days": true, "100msec": true, "20us": true, "s": false,
	"5hours30minutes20seconds": true, "1year": true, "never": false, "1 month": true, "5€": false, "+": false, "5 ": true, "1h,30m": false, "5 seconds ago": false,
}

var sizes = map[string]bool{
	"4 GB": false, "4G": true, "512M": true, "4 G": true, "1.5G": true, "512m": false, "512MB": false, "4GiB": false, "4Gi": false, "infinity": true,
	"1G 512M": true, "1M 2G": false, "1024": true, "1T": true, "5B": true, "max": false, "4k": false, "2,5G": false, "": false, "G": false, "unlimited": false,
	"1G512M": true, "-1": false, "8 Gigabyte": false, "1P": true, "1E": true,
}

var calendars = map[string]bool{
	"*:*/5": false, "*:0/60": false, "*:0/59": true, "Sun 25:45": false, "Son 05:45": false, "5..5:00": true, "24:00": false, "daily Europe/Berlin": true,
	"daily UTC": true, "daily 05:00": false, "midnight": false, "@1234": true, "7": false, "Mon..Fri *-*-* 10:00:00 Europe/Berlin": true,
	"Wed, 17:48": true, "05:40:23.4200004/3.1700005": true, "*-*~3": true, "*-*~29": false, "00:00:60": false, "00-02-03": true, "1969-1-1": false,
	"Mon Tue": false, "quarterly": true, "Daily": true, "*-*-* *:*/10:00": false, "0/24:00": false, "0/23:00": true, "*-13-01": false, "*-02-31": true,
	"Mon-Fri 10:00": true, "Mon...Fri": false, "*-*-1/31": false, "*-*-1/30": true, "Mon,  10:00": true, "2300-01-01": false, "70-1-1": true,
	"1..0:00": false, "*:0,15,30,45": true, "*:0, 15": false, "12": false, "12-5": true, "*": false, "*-*": true, "*-*-*": true, "*:*": true, "*:*:*": true,
	"Mon *": false, "@12 UTC": true, "@x": false, "@-5": false, "Mon @12": true, "*-*-* 04:00 utc": true, "00:00:00/0.5": true, "1-2~3": true,
	"hourly,daily": false, "*:0/15/5": false, "+5:00": false, "0x5:00": false, "05:00:00.": false, "100-1-1": false, "2199-1-1": true, "2200-1-1": false,
	"*:5..5": true, "Sat,Thu,Mon..Wed,Sat..Sun": true, "Mon,Sun 12-*-* 2,1:23": true, "Wed *-1": true, "monday *-12-* 17:00": true,
	"Mon,Fri *-*-3,1,2 *:30:45": true, "12,14,13,12:20,10,30": true, "12..14:10,20,30": true, "mon,fri *-1/2-1,3 *:30:45": true, "03-05 08:05:40": true,
	"2003-02..04-05": true, "2003-03-05 05:40 UTC": true, "*:2/3": true, "*:0/15": true, "05:45": true, "Sun 05:45": true, "5am": false, "every day": false,
	"daily at 5am": false, "Mon..": false, "Mon.. 12:00": false, "Monday": true, "Mo 10:00": false, "Sonntag": false, "0 5 * * *": false, "*/15": false,
	"*-*-* 02:30": true, "*-*-01 00:00:00": true, "Mon *-*-1..7 10:00": true, "1h": false, "2016~11-22": false, "2016- 11-24": false, "10.30": false,
	"*:00/10": true, "*-*-*T10:00": false, "Mon..Thu,Sat 10:00": true, "*-*-* 00/6:00": true, "*-*-* 00/6": false, "Mon,Tue,": true, "yearly": true,
	"*-01,04,07,10-01 00:00:00": true, "*-*-* 10:00:00 America/Argentina/Buenos_Aires": true, "*-*-* 10:60": false,
	"2024-02-30": true, "*-0-1": false, "*-*-0": false, "*-*-32": false, "*-*-* 1,2,25:00": false, "Mon, Tue 10:00": false,
}

func TestValues(t *testing.T) {
	for _, of := range []struct {
		why   func(string) string
		texts map[string]bool
	}{{Span, spans}, {Size, sizes}, {Calendar, calendars}} {
		for text, right := range of.texts {
			assert.Equal(t, right, of.why(text) == "", "%q: %s", text, of.why(text))
		}
	}
}

// TestSystemd holds the tables against systemd-analyze, where that is installed.
func TestSystemd(t *testing.T) {
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		testenv.Missing(t, "systemd-analyze, which Debian has in systemd")
	}
	for command, texts := range map[string]map[string]bool{"timespan": spans, "calendar": calendars} {
		for text, right := range texts {
			err := exec.Command(program, command, "--", text).Run()
			assert.Equal(t, right, err == nil, "%s %q", command, text)
		}
	}
}
