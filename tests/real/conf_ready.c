/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded into the kernel's conf by the tests: once it has read the Kconfig files, nine
 * tenths of its work, it answers for one .config after the other.  Each is answered by a
 * copy of the process, which goes on as conf would have; its own code stays as it is.
 *
 * Behind the Kconfig files, and not before, conf asks the environment for one of WANTED
 * (scripts/kconfig/confdata.c and conf.c, 4.0 to 7.3); not so where it is to read a defconfig.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const WANTED[] = {
	"KCONFIG_CONFIG", "KCONFIG_ALLCONFIG", "KCONFIG_WARN_UNKNOWN_SYMBOLS"
};
static char request[1 << 16];
static char *(*asked)(const char *);

/* Go on as for the request: a folder, then what is to be in the environment, each ended by \0. */
static void take(size_t size)
{
	char *text = request;

	if (chdir(text) != 0)
		_exit(126);
	while ((text += strlen(text) + 1) < request + size)
		putenv(text);
	/* conf has seeded its random numbers before it read the files (conf.c). */
	if (asked("KCONFIG_SEED"))
		srand(strtol(asked("KCONFIG_SEED"), NULL, 0));
}

static void serve(int peer)
{
	int status = 0;

	while (send(peer, &status, sizeof(status), 0) == sizeof(status)) {
		ssize_t size = recv(peer, request, sizeof(request) - 1, 0);
		pid_t copy;

		if (size <= 0)
			_exit(0);
		request[size] = '\0';
		copy = fork();
		if (copy == 0) {
			close(peer);
			take(size);
			return;
		}
		if (copy < 0 || waitpid(copy, &status, 0) != copy)
			_exit(125);
	}
	_exit(0);
}

char *getenv(const char *name)
{
	static int has_served;

	if (!asked)
		asked = (char *(*)(const char *))dlsym(RTLD_NEXT, "getenv");
	for (size_t each = 0; !has_served && each < sizeof(WANTED) / sizeof(*WANTED); each++) {
		if (strcmp(name, WANTED[each]) == 0) {
			has_served = 1;
			serve(atoi(asked("CONF_READY")));
		}
	}
	return asked(name);
}
