/* Loaded before everything else (LD_PRELOAD): whenever one of the watched files is synced, a copy of what it holds
   is put beside it, as <file>.synced. That is what a power cut would leave, at its worst. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void keep(int fd) {
    char link[64], path[PATH_MAX], fresh[PATH_MAX + 16], kept[PATH_MAX + 16], block[1 << 16];
    const char *watched = getenv("CUT_POWER");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || !watched) return;
    path[length] = 0;
    if (strncmp(path, watched, strlen(watched))) return;
    const char *rest = path + strlen(watched);
    if (*rest && strcmp(rest, "-wal") && strcmp(rest, "-journal")) return;
    snprintf(fresh, sizeof fresh, "%s.fresh", path);
    snprintf(kept, sizeof kept, "%s.synced", path);
    int to = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (to < 0) abort();
    /* Through SQLite's own descriptor: to open and close the file once more would let go of every lock that this
       process has on it (fcntl(2)), and another's close would then take the log away under our feet. */
    off_t at = 0;
    for (ssize_t got; (got = pread(fd, block, sizeof block, at)) > 0; at += got)
        if (write(to, block, got) != got) abort();
    close(to);
    if (rename(fresh, kept)) abort();
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    keep(fd);
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    keep(fd);
    return real(fd);
}
