// Package profile answers who apo is on a run: client ID, gateway, keys and
// limits, and where each of them came from. It is the sole user of viper.
//
// A value comes from a flag, else the environment (APO_*), else the profile in
// the configuration file, else a default; [Resolve] is the one place that
// says so. Whatever is odd about a source (an empty variable, two sources for
// one key, a misspelt or repeated key in the file, a secret that others can
// read) is an error: guessing would be about money.
package profile
