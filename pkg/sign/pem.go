package sign

import "strings"

// pem reads the blocks of PEM and returns the text between them. It is written
// here, since encoding/pem refuses blocks that stand on one line, as environment
// variables often have them.
func (s *search) pem(t string, within []string) (rest string) {
	var between strings.Builder
	for {
		before, after, found := strings.Cut(t, "-----BEGIN")
		between.WriteString(before + "\n")
		if !found {
			return between.String()
		}
		label, after, found := strings.Cut(after, "-----")
		if !found {
			s.complain(refuse(s.want, "a PEM block whose first line is cut off", "copy it whole"))
			return between.String()
		}
		b := block{label: strings.TrimSpace(label), within: inside("PEM", within)}
		body, after, found := strings.Cut(after, "-----END")
		if !found {
			s.complain(refuse(s.want, "a PEM block without its END line", "copy it whole, to the last line"))
			return between.String()
		}
		if _, behind, found := strings.Cut(after, "-----"); found {
			after = behind
		}
		t = after
		if b.label == "EC PARAMETERS" {
			continue
		}
		if b.problem = labelled(b.label, body, s.want); b.problem == nil {
			var ok bool
			if b.der, ok = decodeBase64(strings.Join(strings.Fields(unquoted(body)), "")); !ok {
				b.problem = refuse(s.want, "a PEM block that is damaged inside", "copy it again")
			}
		}
		s.add(b)
	}
}

// unquoted joins what source code has in quotes line by line: "…" + "…". The text
// begins and ends inside of them.
func unquoted(body string) string {
	i := strings.IndexAny(body, `"'`)
	if i < 0 {
		return body
	}
	var inner strings.Builder
	for n, part := range strings.Split(body, body[i:i+1]) {
		if n%2 == 0 {
			inner.WriteString(part)
		} else if strings.Trim(part, " \t\n+.,&;()") != "" {
			return body
		}
	}
	return inner.String()
}

// labelled names what a PEM block says that it is, where that is no key for APO.
func labelled(label, body, want string) *KeyError {
	switch {
	case label == "ENCRYPTED PRIVATE KEY" || strings.Contains(body, "ENCRYPTED"):
		return encrypted(want)
	case label == "OPENSSH PRIVATE KEY":
		return refuse(want, "an OpenSSH private key", "convert it with ssh-keygen -p -m PKCS8 -f FILE, which writes it anew in FILE")
	case isPKCS7(label):
		return heldBy(PKCS7, want, true)
	case label == "PGP MESSAGE":
		return refuse(want, "a file encrypted with OpenPGP", "decrypt it first, for example with gpg --decrypt --output PLAIN FILE")
	case strings.HasPrefix(label, "PGP"):
		return openPGP(want)
	case label == "AGE ENCRYPTED FILE":
		return refuse(want, "a file encrypted with age", "decrypt it first with age --decrypt -i IDENTITY -o PLAIN FILE")
	}
	return nil
}

func openPGP(want string) *KeyError {
	return refuse(want, "an OpenPGP key", "APO does not know its format").with(NewKey)
}
