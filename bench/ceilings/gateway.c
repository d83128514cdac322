// The ceiling of the gateway: takes POST /v1/trips/{trip}/points with a body of JSON, checks it,
// writes it in its wire form, and answers 202 once the brokers have it. Ends on SIGTERM.
//
// gateway BROKERS PREFIX
#define _GNU_SOURCE
#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "json.h"

struct connection {
    int socket;
    bool is_waiting, is_gone, closes;  // for a report; by the client; after this answer
    uint8_t *bytes;
    size_t count, room;
    size_t taken;  // bytes of the request that waits
    char trip[256];
    uint32_t accepted, rejected_count, warning_count;
    char *remarks;  // of the answer, where there are any
};

static rd_kafka_t *producer;
static rd_kafka_topic_t *topic;
static int partitions, epoll;
static struct upload upload;
static uint64_t random_state[2];
static volatile sig_atomic_t stopped;

static void stop(int signal) {
    (void)signal;
    stopped = 1;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "gateway: %s: %s\n", what, why);
    exit(1);
}

static uint64_t random_bits(void) {  // xoroshiro128+
    uint64_t a = random_state[0], b = random_state[1], sum = a + b;
    b ^= a;
    random_state[0] = (a << 24 | a >> 40) ^ b ^ b << 16;
    random_state[1] = b << 37 | b >> 27;
    return sum;
}

// As Kafka's Java clients choose it.
static int32_t partition_of(const char *key, size_t size) {
    const uint8_t *at = (const uint8_t *)key;
    uint32_t m = 0x5bd1e995, h = 0x9747b28c ^ (uint32_t)size;
    for (; size >= 4; at += 4, size -= 4) {
        uint32_t k;
        memcpy(&k, at, 4);
        k *= m;
        k = (k ^ k >> 24) * m;
        h = h * m ^ k;
    }
    if (size == 3) h ^= at[2] << 16;
    if (size >= 2) h ^= at[1] << 8;
    if (size >= 1) h = (h ^ at[0]) * m;
    h = (h ^ h >> 13) * m;
    return ((h ^ h >> 15) & 0x7fffffff) % partitions;
}

static void let_go(struct connection *connection) {
    if (!connection->is_gone) close(connection->socket);
    connection->is_gone = true;
    if (connection->is_waiting) return;
    free(connection->bytes);
    free(connection->remarks);
    free(connection);
}

static void answer(struct connection *connection, int status, const char *fields,
                   const char *body) {
    static char text[1 << 18], date[40];
    static time_t dated;
    time_t now = time(NULL);
    if (now != dated) {
        struct tm parts;
        strftime(date, sizeof date, "%a, %d %b %Y %T GMT", gmtime_r(&now, &parts));
        dated = now;
    }
    int size = snprintf(text, sizeof text,
        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
        "Date: %s\r\n%s%s\r\n%s", status, status == 202 ? "Accepted" : "Refused", strlen(body),
        date, fields, connection->closes ? "Connection: close\r\n" : "", body);
    if (!connection->is_gone && send(connection->socket, text, size, MSG_NOSIGNAL) != size)
        connection->closes = true;
}

// Writes the remarks as the members of the answer that they are.
static char *remarks_text(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const struct remark *lists[] = {upload.rejected, upload.warnings};
    uint32_t counts[] = {upload.rejected_count, upload.warning_count};
    for (int kind = 0; kind < 2; kind++) {
        fprintf(out, kind ? ",\"warnings\":[" : "\"rejected\":[");
        for (uint32_t i = 0; i < counts[kind] && i < MOST_REMARKS; i++)
            fprintf(out,
                    "%s{\"index\":%u,\"pointer\":\"/points/%u/%s\",\"reason\":\"is not good\"}",
                    i ? "," : "", lists[kind][i].index, lists[kind][i].index,
                    FIELDS[lists[kind][i].column].name);
        fprintf(out, "],\"%s\":%u", kind ? "warningCount" : "rejectedCount", counts[kind]);
    }
    fclose(out);
    return text;
}

static void go_on(struct connection *connection);

// A record was delivered, or was not.
static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    static char body[1 << 17], fields[320];
    struct connection *connection = message->_private;
    (void)client, (void)opaque;
    connection->is_waiting = false;
    if (message->err) {
        answer(connection, 503, "Retry-After: 1\r\n", "{\"title\":\"Log unavailable\"}");
    } else {
        snprintf(fields, sizeof fields, "Tacho-Position: trip-uploads/%d@%ld\r\n",
                 message->partition, message->offset);
        snprintf(body, sizeof body,
                 "{\"trip\":\"%s\",\"accepted\":%u,%s,\"position\":\"trip-uploads/%d@%ld\"}",
                 connection->trip, connection->accepted,
                 connection->remarks ? connection->remarks : "\"rejected\":[],\"rejectedCount\":0,"
                 "\"warnings\":[],\"warningCount\":0", message->partition, message->offset);
        answer(connection, 202, fields, body);
    }
    connection->count -= connection->taken;
    memmove(connection->bytes, connection->bytes + connection->taken, connection->count);
    connection->taken = 0;
    if (connection->closes || connection->is_gone) let_go(connection);
    else go_on(connection);
}

static rd_kafka_resp_err_t produce(struct connection *connection) {
    static uint8_t value[MOST_UPLOAD_BYTES];
    char id[40];
    uint64_t a = random_bits(), b = random_bits();
    snprintf(id, sizeof id, "%08X-%04X-4%03X-%04X-%012lX", (uint32_t)(a >> 32),
             (uint16_t)(a >> 16), (unsigned)(a & 0xfff), (unsigned)(b >> 48 & 0x3fff) | 0x8000,
             b & 0xffffffffffff);
    size_t size = encode_upload(value, (const char *)upload.user.at,
                                upload.user.end - upload.user.at, &upload.points);
    size_t key_size = strlen(connection->trip);
    return rd_kafka_producev(
        producer, RD_KAFKA_V_RKT(topic),
        RD_KAFKA_V_PARTITION(partition_of(connection->trip, key_size)),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(connection->trip, key_size),
        RD_KAFKA_V_VALUE(value, size), RD_KAFKA_V_HEADER("ce_specversion", "1.0", -1),
        RD_KAFKA_V_HEADER("ce_id", id, -1), RD_KAFKA_V_HEADER("ce_source", "/v1/trips", -1),
        RD_KAFKA_V_HEADER("ce_type", "tacho.trip.points", -1),
        RD_KAFKA_V_HEADER("content-type", "application/protobuf", -1),
        RD_KAFKA_V_OPAQUE(connection), RD_KAFKA_V_END);
}

static void take_upload(struct connection *connection, const struct request *request) {
    static const char before[] = "/v1/trips/", after[] = "/points";
    struct bytes path = request->path;
    struct timespec now;
    size_t most = sizeof before + sizeof after + sizeof connection->trip - 4;
    size_t size = path.end - path.at, trip = size - (sizeof before + sizeof after - 2);
    connection->closes = request->closes;
    if (!request->is_post || size <= sizeof before + sizeof after - 2 || size > most
        || memcmp(path.at, before, sizeof before - 1)
        || memcmp(path.end - (sizeof after - 1), after, sizeof after - 1))
        return answer(connection, 404, "", "{\"title\":\"Not found\"}");
    if (!request->is_json) return answer(connection, 415, "", "{\"title\":\"Unknown media type\"}");
    clock_gettime(CLOCK_REALTIME, &now);
    if (!parse_upload(request->body, &upload, (now.tv_sec + 86400) * 1000))
        return answer(connection, 400, "", "{\"title\":\"Not JSON\"}");
    if (!upload.points.count || upload.user.end - upload.user.at > 256)
        return answer(connection, 422, "", "{\"title\":\"Not acceptable\"}");
    memcpy(connection->trip, path.at + sizeof before - 1, trip);
    connection->trip[trip] = 0;
    connection->accepted = upload.points.count;
    free(connection->remarks);
    connection->remarks = upload.rejected_count || upload.warning_count ? remarks_text() : NULL;
    if (produce(connection))
        return answer(connection, 503, "Retry-After: 1\r\n", "{\"title\":\"Too many uploads\"}");
    connection->is_waiting = true;
}

// Takes what requests the buffer holds, one at a time.
static void go_on(struct connection *connection) {
    struct request request;
    while (!connection->is_waiting && connection->count) {
        int found = take_request(connection->bytes, connection->count, &request);
        if (found == 0) return;
        if (found < 0) {
            connection->closes = true;
            answer(connection, 400, "", "{\"title\":\"Bad request\"}");
            return let_go(connection);
        }
        take_upload(connection, &request);
        connection->taken = request.size;
        if (connection->is_waiting) return;
        connection->count -= request.size;
        memmove(connection->bytes, connection->bytes + request.size, connection->count);
        if (connection->closes) return let_go(connection);
    }
}

static void read_from(struct connection *connection) {
    while (true) {
        if (connection->room - connection->count < 4096) {
            if (connection->room > MOST_HEAD + MOST_BODY) return let_go(connection);
            connection->room = connection->room ? connection->room * 2 : 16384;
            connection->bytes = realloc(connection->bytes, connection->room);
        }
        ssize_t count = recv(connection->socket, connection->bytes + connection->count,
                             connection->room - connection->count, MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) return let_go(connection);
        connection->count += count;
        if (connection->count < connection->room) return go_on(connection);
    }
}

static void take_connection(int server) {
    int client = accept4(server, NULL, NULL, SOCK_CLOEXEC), on = 1;
    struct connection *connection = calloc(1, sizeof *connection);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (client < 0) return free(connection);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->socket = client;
    epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
}

// Learns the partitions; returns what tells that reports are there.
static int connect_to(const char *brokers, const char *prefix) {
    const char *settings[][2] = {
        {"bootstrap.servers", brokers}, {"acks", "all"}, {"enable.idempotence", "true"},
        {"linger.ms", "0"}, {"message.timeout.ms", "900"}, {"socket.nagle.disable", "true"},
        {"queue.buffering.max.messages", "100000"}, {"queue.buffering.max.kbytes", "65536"}};
    char reason[512], name[256];
    const struct rd_kafka_metadata *metadata;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], reason, sizeof reason))
            fail(settings[i][0], reason);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    if (!producer) fail("making a producer", reason);
    snprintf(name, sizeof name, "%strip-uploads", prefix);
    topic = rd_kafka_topic_new(producer, name, NULL);
    rd_kafka_resp_err_t error = rd_kafka_metadata(producer, 0, topic, &metadata, 10000);
    if (error) fail("asking for partitions", rd_kafka_err2str(error));
    partitions = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    if (partitions < 1) fail(name, "there is no such topic");
    int reports = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    uint64_t one = 1;
    rd_kafka_queue_io_event_enable(rd_kafka_queue_get_main(producer), reports, &one, sizeof one);
    return reports;
}

static int listen_anywhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server, (void *)&address, size) || listen(server, 256))
        fail("listening", strerror(errno));
    getsockname(server, (void *)&address, &size);
    printf("serving on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return server;
}

int main(int count, char **words) {
    if (count != 3) fail("usage", "gateway BROKERS PREFIX");
    signal(SIGTERM, stop);
    if (getrandom(random_state, sizeof random_state, 0) < 0) fail("random", strerror(errno));
    int reports = connect_to(words[1], words[2]), server = listen_anywhere();
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event);
    event.data.ptr = &reports;
    epoll_ctl(epoll, EPOLL_CTL_ADD, reports, &event);
    while (!stopped) {
        uint64_t told;
        int ready = epoll_wait(epoll, events, 256, 1000);
        for (int i = 0; i < ready; i++) {
            if (!events[i].data.ptr) take_connection(server);
            else if (events[i].data.ptr == &reports) (void)!read(reports, &told, sizeof told);
            else if (!((struct connection *)events[i].data.ptr)->is_gone)
                read_from(events[i].data.ptr);
        }
        rd_kafka_poll(producer, 0);
    }
    rd_kafka_flush(producer, 1000);
    rd_kafka_destroy(producer);
    return 0;
}
