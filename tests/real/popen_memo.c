/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded into the kernel's conf by the tests: popen() answers a command that it has
 * seen before from a file.  conf asks the compiler about a hundred questions in each of
 * its runs, always with the same answers; its own code stays as it is.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t digest(const char *text)
{
	uint64_t value = 14695981039346656037u;

	while (*text)
		value = (value ^ (unsigned char)*text++) * 1099511628211u;
	return value;
}

FILE *popen(const char *command, const char *mode)
{
	char path[4096], part[4200], *line = NULL;
	FILE *answer;

	(void)mode;
	snprintf(path, sizeof(path), "%s/%016llx", getenv("POPEN_MEMO"),
		 (unsigned long long)digest(command));
	if (access(path, R_OK) != 0) {
		snprintf(part, sizeof(part), "%s.%d", path, (int)getpid());
		if (asprintf(&line, "{ %s\n} >'%s'", command, part) < 0)
			return NULL;
		if (system(line) == -1)
			return NULL;
		free(line);
		rename(part, path);
	}
	answer = fopen(path, "r");
	return answer;
}

int pclose(FILE *answer)
{
	return fclose(answer);
}
