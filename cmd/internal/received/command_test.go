package received_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

// quoted puts quotes of PowerShell around a text.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// A command is copied as it stood in a terminal, with its prompt and with what ran it.
func TestCommandsAsTerminalsShowThem(t *testing.T) {
	flags := headed(" https://shop.example/hooks/apo -H 'client-id: CID' -H 'request-time: TIME' -H 'signature: SIG' ")
	plain := "curl -s" + flags + "--data-raw " + shell(body)
	windows := `curl.exe https://shop.example/hooks/apo -H "client-id: CID" -H "request-time: TIME" -H "signature: SIG" -d "` + strings.NewReplacer(`\"`, `\\\"`, `"`, `\"`).Replace(body) + `"`
	power := "curl.exe" + flags + "-d "
	for name, text := range map[string]string{
		"a prompt":             "$ " + plain,
		"root":                 "# " + plain,
		"zsh":                  "~/shop % " + plain,
		"a host":               "ada@shop:~/src$ " + plain,
		"Fedora":               "[ada@shop src]$ " + plain,
		"Alpine":               "/app # " + plain,
		"a virtual one":        "(venv) ada@shop:~$ " + plain,
		"an arrow":             "❯ " + plain,
		"oh my zsh":            "➜  shop " + plain,
		"a path":               "/usr/bin/" + plain,
		"sudo":                 "sudo -u www " + plain,
		"time":                 "$ time " + plain,
		"env":                  "env -u X A=b " + plain,
		"a variable":           "HTTPS_PROXY= A=b " + plain,
		"docker":               "docker exec -it app " + plain,
		"compose":              "$ docker compose exec -T app " + plain,
		"kubectl":              "kubectl exec -n shop deploy/app -c web -- " + plain,
		"a shell in it":        "docker exec app sh -c " + shell(plain),
		"a comment before it":  "#!/bin/sh\n# replay it\n" + plain + " # once",
		"over lines":           "$ " + strings.ReplaceAll(plain, " -H", " \\\n> -H"),
		"output behind it":     "$ " + plain + "\n{\"status\":\"it's done\"}\n$ exit\n",
		"its talk behind it":   "$ " + plain + "\n*   Trying 127.0.0.1:80...\n> POST /hooks/apo HTTP/1.1\n> User-Agent: curl/7.88.1\n>\n} [3 bytes data]\n< HTTP/1.1 200 OK\n<\nit's done\n* Connection #0 left intact\n",
		"output elsewhere":     plain + " > out.json 2>&1",
		"a text behind it":     "curl" + flags + "--data-binary @- <<'EOF'\n" + body + "\nEOF\n",
		"a text of data":       "curl" + flags + "-d @- <<'EOF'\n" + body + "\nEOF\n$ exit",
		"a text piped":         "cat <<-'EOF' | curl" + flags + "-d @-\n\t" + body + "\n\tEOF\n",
		"cmd.exe":              `C:\Users\ada> ` + headed(windows),
		"cmd.exe, no blank":    `C:\>` + headed(windows),
		"cmd.exe, no prompt":   headed(windows),
		"PowerShell 7":         `PS C:\shop> ` + power + quoted(body),
		"PowerShell 5":         `PS C:\shop> ` + power + quoted(strings.NewReplacer(`\"`, `\\\"`, `"`, `\"`).Replace(body)),
		"PowerShell, lines":    "PS> " + strings.ReplaceAll(power, " -H", " `\n>> -H") + quoted(body),
		"PowerShell's text":    power + "@'\n" + body + "\n'@ `\n -s",
		"PowerShell on Linux":  "PS /home/ada> " + strings.Replace(power, ".exe", "", 1) + `"` + strings.NewReplacer("`", "``", `"`, "`\"", "$", "`$").Replace(body) + `"`,
		"a call of PowerShell": "PS C:\\> & " + power + quoted(body),
	} {
		c, err := received.Read([]byte(text), "", received.RequestPart)
		if err != nil || len(c.Messages) != 1 || c.Form != "curl" {
			t.Errorf("%s: read as %s: %+v, %v", name, c.Form, c, err)
			continue
		}
		m := c.Messages[0]
		if name == "a text behind it" {
			m.Body = []byte(strings.TrimSuffix(string(m.Body), "\n"))
		}
		if strings.HasPrefix(name, "cmd.exe") { // which takes a caret off where its own quotes end
			m.Body = []byte(strings.Replace(string(m.Body), "`y`  &", "`y` ^ &", 1))
		}
		t.Run(name, func(t *testing.T) { isTheNotification(t, m) })
	}
}

// A command tells where its body is that it does not hold.
func TestBodiesThatCommandsDoNotHold(t *testing.T) {
	for text, want := range map[string]string{
		`curl https://a/b -d "$(cat body.json)"`:               "its body is what $(cat body.json) prints",
		`curl https://a/b --data-binary "$(<body.json)"`:       "its body is what $(<body.json)",
		"curl https://a/b --data=`cat body.json`":              "its body is what `cat body.json`",
		`curl https://a/b -H "signature: $(cat sig)" -d '{}'`:  "one of its headers is what $(cat sig)",
		`PS C:\> curl.exe https://a/b -d "$(gc body.json)"`:    "its body is what $(gc body.json)",
		`curl https://a/b -d "$BODY"`:                          "variable BODY is not resolved",
		"curl https://a/b -d @- <<EOF\n{\"a\":\"$A\"}\nEOF\n":  "variable A is not resolved",
		"curl https://a/b -d @- <<EOF\n{\"a\":1}\n":            "has no end",
		"curl https://a/b -H 'signature: s' -d @body.json":     "in another file, body.json, which the paste does not hold",
		"curl https://a/b -H 'signature: s' -d @- < body.json": "in another file, body.json, which the paste does not hold",
		"cat body.json | curl https://a/b -d @-":               "on the standard input of the command, which the paste does not hold",
		"curl https://a/b -d @body.json -d x=1":                "a part of its body is in another file",
		"curl https://a/b https://a/c -d '{}'":                 "two addresses, /b and /c",
	} {
		m, err := received.Dump([]byte(text), received.RequestPart)
		said := m.Lossy
		if err != nil {
			said = err.Error()
		}
		if err == nil && m.HasBody || !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", text, said, want)
		}
	}
}
