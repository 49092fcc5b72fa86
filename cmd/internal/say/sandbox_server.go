package say

// ServerTold says which server did what a command wanted.
func ServerTold(url string, memory bool) string {
	if memory {
		return "told the server at " + url + ", which keeps its state in memory"
	}
	return "told the server at " + url
}
