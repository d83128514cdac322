internal import CRdkafka
import EventLog
import Logging
import Metrics
import Synchronization
import Threads

/// What happens when partitions come and go; on the consumer's thread.
extension GroupConsumer {
    func rebalance(
        _ what: rd_kafka_resp_err_t, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        guard let handle else { return }
        let partitions = PartitionList.entries(of: list, names).map(\.topicPartition)
        let isIncremental =
            rd_kafka_rebalance_protocol(handle.raw).map { String(cString: $0) } == "COOPERATIVE"
        count(what, handle)
        if what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            let offsets = startsWithPatience(of: partitions, handle)
            let starts = PartitionList(offsets, names)
            if isIncremental {
                drop(starts.pass { rd_kafka_incremental_assign(handle.raw, $0) })
            } else {
                _ = starts.pass { rd_kafka_assign(handle.raw, $0) }
            }
            // Whoever polls is told first, and may pause them: nothing is fetched for nothing.
            setFetching(false, partitions)
            state.withLock { $0.assign(offsets) }
        } else {
            // A commit that is under way comes to its end first; what is lost makes it void anyway.
            let patience =
                rd_kafka_assignment_lost(handle.raw) == 0
                ? options.transactionTimeout * 2 : .zero
            revoke(partitions, atLatest: .now + patience)
            if isIncremental {
                drop(rd_kafka_incremental_unassign(handle.raw, list))
            } else {
                rd_kafka_assign(handle.raw, nil)
            }
        }
        tell()
    }

    private func count(_ what: rd_kafka_resp_err_t, _ handle: Handle) {
        let kind =
            what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
            ? "assigned" : rd_kafka_assignment_lost(handle.raw) == 0 ? "revoked" : "lost"
        Counter(
            label: "tacho_group_rebalances_total", dimensions: [("group", group), ("kind", kind)]
        ).increment()
    }

    /// Takes the partitions away between two commits.
    private func revoke(
        _ partitions: [TopicPartition], atLatest deadline: ContinuousClock.Instant
    ) {
        while true {
            let isDone = state.withLock { state in
                if state.isCommitting, ContinuousClock.now < deadline { return false }
                state.revoke(partitions)
                return true
            }
            if isDone { return }
            committed.wait(milliseconds: 100)
        }
    }

    /// Where to begin: behind what is committed, else with the first record kept. Asks until it is
    /// told.
    private func startsWithPatience(
        of partitions: [TopicPartition], _ handle: Handle
    ) -> [TopicPartition: Int64] {
        while true {
            do throws(LogError) {
                return try starts(of: partitions, handle)
            } catch {
                logger.warning("\(error)", metadata: ["group": "\(group)"])
                if state.withLock({ $0.isStopping }) { return [:] }
                room.wait(milliseconds: 100)
            }
        }
    }

    func starts(
        of partitions: [TopicPartition], _ handle: Handle
    ) throws(LogError) -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        var offsets = try Cluster.committed(
            by: handle, partitions, names, options.requestTimeout)
        let rest = partitions.filter { offsets[$0] == nil }
        offsets.merge(try cluster.starts(of: rest)) { $1 }
        return offsets
    }
}
