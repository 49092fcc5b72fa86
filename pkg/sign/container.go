package sign

import (
	"bytes"
	"encoding/asn1"
)

// Container is a format that holds keys or certificates in a way of its own: another
// program has to take them out.
type Container string

const (
	PKCS7  Container = "PKCS#7"  // certificates
	PKCS12 Container = "PKCS#12" // a key with its certificates
	JKS    Container = "JKS"     // a Java keystore
	JCEKS  Container = "JCEKS"   // an older one
)

// ContainerOf names the container that a file is, in DER or PEM; "" where it is none.
func ContainerOf(file []byte) Container {
	if kind := keystore(file); kind != "" {
		return kind
	}
	if _, label, found := bytes.Cut(file, []byte("-----BEGIN ")); found {
		label, _, _ = bytes.Cut(label, []byte("-----"))
		if isPKCS7(string(label)) {
			return PKCS7
		}
	}
	return containerInDER(file)
}

// keystore recognises those of Java by how they begin.
func keystore(file []byte) Container {
	switch {
	case bytes.HasPrefix(file, []byte("\xfe\xed\xfe\xed")):
		return JKS
	case bytes.HasPrefix(file, []byte("\xce\xce\xce\xce")):
		return JCEKS
	}
	return ""
}

// isPKCS7 recognises the label of a PEM block.
func isPKCS7(label string) bool {
	return label == "PKCS7" || label == "PKCS #7 SIGNED DATA" || label == "CMS"
}

// containerInDER recognises PFX, which is SEQUENCE { version 3, ContentInfo, … }, and
// PKCS#7, which is a ContentInfo. Of both some programs write BER, where the length of the
// sequences is left open.
func containerInDER(der []byte) Container {
	const (
		ofPKCS7      = "\x2a\x86\x48\x86\xf7\x0d\x01\x07" // 1.2.840.113549.1.7
		open         = "\x30\x80"
		version3     = "\x02\x01\x03"
		objectOfNine = "\x06\x09"
	)
	if rest, found := bytes.CutPrefix(der, []byte(open)); found {
		rest, pfx := bytes.CutPrefix(rest, []byte(version3+open))
		switch {
		case !bytes.HasPrefix(rest, []byte(objectOfNine+ofPKCS7)):
			return ""
		case pfx:
			return PKCS12
		}
		return PKCS7
	}
	contentInfo := func(oid asn1.RawValue) bool {
		return oid.Tag == asn1.TagOID && bytes.HasPrefix(oid.Bytes, []byte(ofPKCS7))
	}
	var outer, first, second asn1.RawValue
	if _, err := asn1.Unmarshal(der, &outer); err != nil || outer.Tag != asn1.TagSequence {
		return ""
	}
	rest, err := asn1.Unmarshal(outer.Bytes, &first)
	if err != nil {
		return ""
	}
	if contentInfo(first) {
		return PKCS7
	}
	if _, err := asn1.Unmarshal(rest, &second); err != nil || first.Tag != asn1.TagInteger || second.Tag != asn1.TagSequence {
		return ""
	}
	if _, err := asn1.Unmarshal(second.Bytes, &second); err != nil || !contentInfo(second) {
		return ""
	}
	return PKCS12
}
