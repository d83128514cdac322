// The ceiling of a replay: reads trip-uploads from its first record to its last and decodes them,
// and does nothing with what they say. Ends by itself.
//
// reader BROKERS PREFIX
#define _GNU_SOURCE
#include <librdkafka/rdkafka.h>
#include <stdio.h>

#include "wire.h"

enum { MOST_PARTITIONS = 1024, MOST_RECORDS = 1000 };

static struct points points;
static uint64_t points_done, records_done, bytes_done;
static int64_t least = INT64_MAX, most;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "reader: %s: %s\n", what, why);
    exit(1);
}

static void absorb(const rd_kafka_message_t *message) {
    struct bytes user;
    struct bytes value = {message->payload, (uint8_t *)message->payload + message->len};
    if (!decode_upload(value, &user, &points)) fail("decoding", "not an upload of points");
    // So that no column is decoded for nobody.
    for (uint32_t i = 0; i < points.count; i++) {
        if (points.value[TIME][i] < least) least = points.value[TIME][i];
        if (points.value[TIME][i] > most) most = points.value[TIME][i];
    }
    points_done += points.count;
    bytes_done += message->key_len + message->len;
    records_done++;
}

int main(int count, char **words) {
    char topic[256], reason[512];
    if (count != 3) fail("usage", "reader BROKERS PREFIX");
    const char *settings[][2] = {
        {"bootstrap.servers", words[1]}, {"group.id", "reader"}, {"enable.auto.commit", "false"},
        {"isolation.level", "read_committed"}, {"enable.partition.eof", "true"},
        {"fetch.wait.max.ms", "100"}, {"queued.max.messages.kbytes", "16384"},
        {"socket.nagle.disable", "true"}};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], reason, sizeof reason))
            fail(settings[i][0], reason);
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    if (!consumer) fail("making a client", reason);
    rd_kafka_poll_set_consumer(consumer);
    snprintf(topic, sizeof topic, "%strip-uploads", words[2]);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(consumer, topic, NULL);
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t error = rd_kafka_metadata(consumer, 0, handle, &metadata, 10000);
    if (error) fail("asking for the topic", rd_kafka_err2str(error));
    int partitions = metadata->topics[0].partition_cnt, left = partitions;
    if (!partitions || partitions > MOST_PARTITIONS) fail("asking for the topic", "partitions");
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(partitions);
    rd_kafka_topic_partition_list_add_range(all, topic, 0, partitions - 1);
    for (int i = 0; i < partitions; i++) all->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer, all);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    static rd_kafka_message_t *messages[MOST_RECORDS];
    while (left > 0) {
        messages[0] = rd_kafka_consumer_poll(consumer, 100);
        if (!messages[0]) continue;
        ssize_t got = 1 + rd_kafka_consume_batch_queue(queue, 0, messages + 1, MOST_RECORDS - 1);
        for (ssize_t i = 0; i < got; i++) {
            if (messages[i]->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) left--;
            else if (messages[i]->err) fail("reading", rd_kafka_message_errstr(messages[i]));
            else absorb(messages[i]);
            rd_kafka_message_destroy(messages[i]);
        }
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_partition_list_destroy(all);
    rd_kafka_topic_destroy(handle);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    fprintf(stderr, "reader: %lu points in %lu records of %lu bytes, %ld ms apart\n", points_done,
            records_done, bytes_done, most - least);
    return 0;
}
