// Package say has every word that apo says to people: verdict lines, failures,
// hints, timelines, tables. It is given facts and decides nothing about money.
package say
