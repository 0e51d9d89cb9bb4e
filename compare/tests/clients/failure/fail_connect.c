// LD_PRELOAD: each TCP connection fails of what $FAIL says for it: "0 c111 s24" lets the first
// be made, has connect() of the second give errno 111, and socket() of the third errno 24.
// $FAIL_LOOKUP: what getaddrinfo() returns, with errno set to $FAIL_ERRNO.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static char call = '0';
static int code;

static void next(void) {
  static char *rest;
  if (!rest) rest = getenv("FAIL") ? strdup(getenv("FAIL")) : "";
  char *one = strsep(&rest, " ");
  if (!rest) rest = "";
  call = *one;
  code = call == 'c' || call == 's' ? atoi(one + 1) : 0;
}

int socket(int domain, int type, int protocol) {
  static int (*real)(int, int, int);
  if (!real) real = dlsym(RTLD_NEXT, "socket");
  if (domain == AF_INET && (type & 15) == SOCK_STREAM) {
    next();
    if (call == 's') { errno = code; return -1; }
  }
  return real(domain, type, protocol);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  static int (*real)(int, const struct sockaddr *, socklen_t);
  if (!real) real = dlsym(RTLD_NEXT, "connect");
  int type = 0;
  socklen_t size = sizeof type;
  getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
  if (address->sa_family == AF_INET && type == SOCK_STREAM && call == 'c') {
    errno = code;
    return -1;
  }
  return real(fd, address, length);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
  static int (*real)(const char *, const char *, const struct addrinfo *,
                     struct addrinfo **);
  if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
  const char *fails = getenv("FAIL_LOOKUP");
  if (!fails) return real(node, service, hints, result);
  if (getenv("FAIL_ERRNO")) errno = atoi(getenv("FAIL_ERRNO"));
  return atoi(fails);
}
