package received_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/received"
)

// filled is a template with names that [headed] would change.
func filled(text string) string {
	return strings.NewReplacer("<id>", clientID, "<time>", time, "<sig>", signature).Replace(text)
}

// Each framework has its own names for the path and the body.
func TestNamesOfFrameworks(t *testing.T) {
	variables := filled("REQUEST_METHOD=POST\nHTTP_CLIENT_ID=<id>\nHTTP_REQUEST_TIME=<time>\nHTTP_SIGNATURE=<sig>\n")
	environ := filled("{'REQUEST_METHOD': 'POST', 'HTTP_CLIENT_ID': '<id>', 'HTTP_REQUEST_TIME': '<time>', 'HTTP_SIGNATURE': '<sig>', 'wsgi.version': (1, 0), 'wsgi.errors': <_io.TextIOWrapper name='<stderr>' mode='w'>, 'wsgi.multithread': True, ") +
		"'body': '" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(body) + "', "
	rack := filled(`env: {"REQUEST_METHOD"=>"POST", "rack.input"=>#<Puma::NullIO:0x01>, "a"=>nil, "HTTP_CLIENT_ID"=>"<id>", "HTTP_REQUEST_TIME"=>"<time>", "HTTP_SIGNATURE"=>"<sig>", "body"=>`) + encoded(body) + `, `
	for name, c := range map[string]struct{ text, uri, note string }{
		"Laravel's path":       {encoded(with(object{"path": "hooks/apo"})), "/hooks/apo", "without its slash"},
		"Symfony's uri":        {encoded(with(object{"path": nil, "uri": "hooks/apo?a=1"})), "/hooks/apo?a=1", "without its slash"},
		"one word":             {encoded(with(object{"path": "hooks"})), "/hooks", "without its slash"},
		"both":                 {encoded(with(object{"path": "hooks/apo", "fullUrl": "https://shop.example/hooks/apo?a=1"})), "/hooks/apo?a=1", ""},
		"a file beside it":     {encoded(with(object{"path": "app/server.js", "uri": "/hooks/apo"})), "/hooks/apo", ""},
		"raw_uri":              {encoded(with(object{"path": nil, "raw_uri": "/hooks/apo"})), "/hooks/apo", ""},
		"getRequestURI":        {encoded(with(object{"path": nil, "getRequestURI": "/shop/hooks/apo", "getServletPath": "/hooks/apo"})), "/shop/hooks/apo", ""},
		"Rails' fullpath":      {encoded(with(object{"path": "/hooks/apo", "fullpath": "/hooks/apo?a=1"})), "/hooks/apo?a=1", ""},
		"bodyText":             {encoded(with(object{"body": nil, "bodyText": body})), "/hooks/apo", ""},
		"WSGI as JSON":         {encoded(object{"REQUEST_METHOD": "POST", "PATH_INFO": "/hooks/apo", "QUERY_STRING": "a=1", "HTTP_CLIENT_ID": clientID, "HTTP_REQUEST_TIME": time, "HTTP_SIGNATURE": signature, "body": body}), "/hooks/apo?a=1", ""},
		"WSGI of Python":       {environ + "'SCRIPT_NAME': '', 'PATH_INFO': '/hooks/apo', 'QUERY_STRING': ''}", "/hooks/apo", ""},
		"WSGI, mounted":        {"environ: " + environ + "'SCRIPT_NAME': '/shop', 'PATH_INFO': '/hooks/apo', 'QUERY_STRING': 'a=1'}", "/shop/hooks/apo?a=1", ""},
		"Rack":                 {rack + `"REQUEST_PATH"=>"/hooks/apo", "PATH_INFO"=>"/hooks/apo"}`, "/hooks/apo", ""},
		"variables, PATH_INFO": {variables + "PATH_INFO=/hooks/apo\nQUERY_STRING=a=1\n\n" + body + "\n", "/hooks/apo?a=1", ""},
		"variables, mounted":   {variables + "SCRIPT_NAME=/shop\nPATH_INFO=/hooks/apo\n\n" + body + "\n", "/shop/hooks/apo", ""},
		"variables, script":    {variables + "SCRIPT_NAME=/index.php\nPATH_INFO=/hooks/apo\nREQUEST_URI=/hooks/apo\n\n" + body + "\n", "/hooks/apo", ""},
		"variables, path":      {variables + "REQUEST_PATH=/hooks/apo\nQUERY_STRING=a=1\n\n" + body + "\n", "/hooks/apo?a=1", ""},
		"variables, gunicorn":  {variables + "RAW_URI=/hooks/apo?a=1\nPATH_INFO=/hooks/apo\nQUERY_STRING=a=1\n\n" + body + "\n", "/hooks/apo?a=1", ""},
	} {
		m, err := received.Dump([]byte(c.text), received.RequestPart)
		if err != nil || m.URI != c.uri || !strings.Contains(m.Note, c.note) || c.note == "" && m.Note != "" {
			t.Errorf("%s: read as %q, %q, %v", name, m.URI, m.Note, err)
			continue
		}
		m.URI = "/hooks/apo"
		t.Run(name, func(t *testing.T) { isTheNotification(t, m) })
	}
	for name, text := range map[string]string{
		"two paths":  variables + "REQUEST_URI=/hooks/apo\nPATH_INFO=/hooks/other\n\n" + body,
		"one twice":  variables + "REQUEST_URI=/hooks/apo\nREQUEST_URI=/hooks/other\n\n" + body,
		"of Laravel": encoded(with(object{"path": "hooks/other", "uri": "/hooks/apo"})),
	} {
		if m, err := received.Dump([]byte(text), received.RequestPart); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}
