// Package sqlite has what apo's databases need of SQLite beside its driver.
package sqlite
