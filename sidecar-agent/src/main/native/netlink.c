/*
 * A netlink socket for io.hamesh.agent.sockets.NetlinkSocket, because the JDK opens none of this family. Bytes go out and
 * come in as they are; what they mean is Java's to say. Each function returns what its system call did, or -errno.
 */
#include <errno.h>
#include <jni.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A part of an answer is no longer, if the room for it is as large (netlink_dump in the kernel). */
enum { MOST_SENT = 256, MOST_RECEIVED = 16384 };

JNIEXPORT jint JNICALL Java_io_hamesh_agent_sockets_NetlinkSocket_open(JNIEnv *env, jclass type, jint protocol) {
    (void)env;
    (void)type;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) return -errno;
    /* Linux has its answer ready before send() returns; what only pretends to be Linux must not stop the agent. */
    struct timeval patience = {.tv_sec = 1};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) {
        int why = errno;
        close(fd);
        return -why;
    }
    return fd;
}

JNIEXPORT jint JNICALL Java_io_hamesh_agent_sockets_NetlinkSocket_send(JNIEnv *env, jclass type, jint fd,
                                                                       jbyteArray message) {
    (void)type;
    jbyte bytes[MOST_SENT];
    jsize length = (*env)->GetArrayLength(env, message);
    if (length > MOST_SENT) return -EMSGSIZE;
    (*env)->GetByteArrayRegion(env, message, 0, length, bytes);
    ssize_t sent = send(fd, bytes, (size_t)length, 0);
    return sent < 0 ? -errno : (jint)sent;
}

JNIEXPORT jint JNICALL Java_io_hamesh_agent_sockets_NetlinkSocket_receive(JNIEnv *env, jclass type, jint fd,
                                                                          jbyteArray room) {
    (void)type;
    jbyte bytes[MOST_RECEIVED];
    ssize_t length;
    do {
        length = recv(fd, bytes, sizeof bytes, MSG_TRUNC);
    } while (length < 0 && errno == EINTR);
    if (length < 0) return -errno;
    if (length > MOST_RECEIVED || length > (*env)->GetArrayLength(env, room)) return -EMSGSIZE;
    (*env)->SetByteArrayRegion(env, room, 0, (jsize)length, bytes);
    return (jint)length;
}

JNIEXPORT void JNICALL Java_io_hamesh_agent_sockets_NetlinkSocket_close(JNIEnv *env, jclass type, jint fd) {
    (void)env;
    (void)type;
    close(fd);
}
