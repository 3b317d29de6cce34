# SPDX-License-Identifier: GPL-2.0
#
# Prints what guest/scenario.sh noted in the folder dir as one JSON document. Counters are given as
# the difference between before and after; those that stayed the same are left out.

# read_counters(FILE, SIGN, SUM): adds SIGN times every counter in FILE to SUM. Knows the forms of
# /proc/net/dev, snmp and netstat (a line of names, a line of numbers), snmp6, and ethtool -S.
function read_counters(file, sign, sum,    line, word, name, n, i, group)
{
	while ((getline line < file) > 0) {
		sub(/^[ \t]+/, "", line)
		n = split(line, word, /[ \t]+/)
		if (line ~ /^[rt]0:/ && n >= 17) {
			sub(/:$/, "", word[1])
			device(word, sign, sum)
		}
		if (word[1] ~ /^(Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|TcpExt|IpExt|MPTcpExt):$/) {
			if (word[1] != group) {
				group = word[1]
				delete name
				for (i = 2; i <= n; i++)
					name[i] = word[i]
			} else {
				sub(/:$/, "", word[1])
				for (i = 2; i <= n; i++)
					sum[word[1] name[i]] += sign * word[i]
				group = ""
			}
		} else if (n == 2 && word[1] ~ /^(Ip|Icmp|Udp|UdpLite)6/) {
			sum[word[1]] += sign * word[2]
		} else if (n >= 2 && line ~ /^[^:]+: -?[0-9]+$/) {
			i = line
			sub(/:.*/, "", i)
			sum[i] += sign * word[n]
		}
	}
	close(file)
}

# The columns of /proc/net/dev.
function device(word, sign, sum,    i, columns)
{
	split("rx_bytes rx_packets rx_errors rx_dropped rx_fifo_errors rx_frame_errors rx_compressed " \
	      "multicast tx_bytes tx_packets tx_errors tx_dropped tx_fifo_errors collisions " \
	      "tx_carrier_errors tx_compressed", columns, " ")
	for (i = 1; i <= 16; i++)
		sum[word[1] "." columns[i]] += sign * word[i + 1]
}

# softnet_stat has a line per CPU, in hexadecimal: packets taken, dropped for want of room in the
# backlog, and polls that ended for want of time or budget.
function read_softnet(file, sign, sum,    line, word)
{
	while ((getline line < file) > 0) {
		split(line, word, " ")
		sum["processed"] += sign * hex(word[1])
		sum["dropped"] += sign * hex(word[2])
		sum["time_squeeze"] += sign * hex(word[3])
	}
	close(file)
}

function hex(text,    i, n)
{
	for (i = 1; i <= length(text); i++)
		n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n + 0
}

# print_object(NAME, SUM, PREFIX, ALL): those of SUM that begin with PREFIX, without it, sorted; a
# name with a dot belongs to another object.
function print_object(name, sum, prefix, all,    key, list, n, i, j, swap, sep)
{
	for (key in sum)
		if (substr(key, 1, length(prefix)) == prefix && (all || sum[key] != 0) &&
		    !index(substr(key, length(prefix) + 1), "."))
			list[++n] = substr(key, length(prefix) + 1)
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
			swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap
		}
	printf ",\n \"%s\":{", name
	for (i = 1; i <= n; i++) {
		printf "%s\"%s\":%.0f", sep, list[i], sum[prefix list[i]]
		sep = ","
	}
	printf "}"
}

# read_pairs(FILE, SUM): lines of a name and a number.
function read_pairs(file, sum,    line, word)
{
	while ((getline line < file) > 0) {
		split(line, word, " ")
		sum[word[1]] += word[2]
	}
	close(file)
}

BEGIN {
	printf "{\"schema\":\"rxscope-truth/1\",\"scenario\":\"%s\",\"kernel\":\"%s\",\"driver\":\"%s\"",
		scenario, kernel, driver
	for (i = 1; i <= 2; i++) {
		ns = i == 1 ? "rx" : "tx"
		dev = i == 1 ? "r0" : "t0"
		delete sum
		read_counters(dir "/" ns ".before", -1, sum)
		read_counters(dir "/" ns ".after", 1, sum)
		print_object(dev, sum, dev ".", 1)
		print_object(ns "_nstat", sum, "", 0)
	}
	delete nic
	read_counters(dir "/nic.before", -1, nic)
	read_counters(dir "/nic.after", 1, nic)
	print_object("r0_ethtool", nic, "", 0)
	read_softnet(dir "/softnet.before", -1, softnet)
	read_softnet(dir "/softnet.after", 1, softnet)
	print_object("softnet", softnet, "", 1)
	read_pairs(dir "/facts", facts)
	print_object("facts", facts, "", 1)

	printf ",\n \"traffic\":{"
	while ((getline line < (dir "/counted")) > 0) {
		printf "%s\n  %s", sep, line
		sep = ","
	}
	printf "}}\n"
}
