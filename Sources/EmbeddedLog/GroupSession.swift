import EventLog
import SQLite

/// What a member got when it joined.
struct GroupSession: Sendable {
    let group: String
    let groupID: Int64
    let epoch: Int64
    let lease: Lease
    /// Where the lease of the session before lies, if it is still there.
    let formerLeasePath: String
    /// Every partition of the topics, sorted by id, from the next offset to read.
    let cursors: [ReadCursor]
}

extension WriteTransaction {
    /// Takes the group over, or over from a member that is gone or has the same name.
    ///
    /// - Parameter path: the log's file, beside which the lease lies.
    func join(
        group: String, topics: [TopicName], member: String, besides path: String
    ) throws -> GroupSession {
        let cursors = try startCursors(of: topics, group: group)
        let found = try connection.rows(
            "SELECT id, epoch, member FROM groups WHERE name = ?1", .text(group)
        ) { row in (row.int64(0), row.int64(1), row.isNull(2) ? nil : row.string(2)) }.first
        if case (let id, let epoch, let holder?)? = found, holder != member,
            Lease.isHeld(path: leasePath(path, id, epoch))
        {
            throw LogError.groupTaken(group: group, holder: holder)
        }
        let (id, epoch) = try found.map { ($0.0, $0.1 + 1) } ?? (nextGroupID(), 1)
        let lease = try Lease(path: leasePath(path, id, epoch))
        try connection.run(
            """
            INSERT INTO groups VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, member = excluded.member
            """, .integer(id), .text(group), .integer(epoch), .text(member))
        return GroupSession(
            group: group, groupID: id, epoch: epoch, lease: lease,
            formerLeasePath: leasePath(path, id, epoch - 1), cursors: cursors)
    }

    /// Appends outputs and moves a group's positions, if the session is still the group's.
    func commit(
        _ session: GroupSession, outputs: [NewRecord], offsets: [TopicPartition: Int64]
    ) throws -> [Position] {
        let epoch = try connection.integer(
            "SELECT epoch FROM groups WHERE id = ?1", .integer(session.groupID))
        guard epoch == session.epoch else { throw LogError.fenced(group: session.group) }
        let ids = try partitionIDs(of: outputs)
        let moves = try offsets.map { (try id(of: $0.key), $0.value) }
        let positions = try append(outputs, to: ids)
        try move(session.groupID, to: moves)
        return positions
    }

    /// Moves the positions of a group that nobody is a member of.
    func note(
        _ offsets: [TopicPartition: Int64], readBy group: String, besides path: String
    ) throws {
        let moves = try offsets.map { (try self.id(of: $0.key), $0.value) }
        let found = try connection.rows(
            "SELECT id, epoch, member FROM groups WHERE name = ?1", .text(group)
        ) { row in (row.int64(0), row.int64(1), row.isNull(2) ? nil : row.string(2)) }.first
        if case (let id, let epoch, let holder?)? = found,
            Lease.isHeld(path: leasePath(path, id, epoch))
        {
            throw LogError.groupTaken(group: group, holder: holder)
        }
        let groupID = try found?.0 ?? nextGroupID()
        if found == nil {
            try connection.run(
                "INSERT INTO groups VALUES (?1, ?2, 0, NULL)", .integer(groupID), .text(group))
        }
        try move(groupID, to: moves)
    }

    private func nextGroupID() throws(SQLiteError) -> Int64 {
        try connection.integer("SELECT max(id) + 1 FROM groups") ?? 1
    }

    private func move(_ groupID: Int64, to offsets: [(Int64, Int64)]) throws(SQLiteError) {
        for (id, offset) in offsets {
            try connection.run(
                """
                INSERT INTO group_offsets VALUES (?1, ?2, ?3)
                ON CONFLICT (group_id, partition) DO UPDATE SET next_offset = excluded.next_offset
                """, .integer(groupID), .integer(id), .integer(offset))
        }
    }

    /// Gives the group up, if the session is still the group's.
    func leave(_ session: GroupSession) throws {
        try connection.run(
            "UPDATE groups SET member = NULL WHERE id = ?1 AND epoch = ?2",
            .integer(session.groupID), .integer(session.epoch))
    }

    private func startCursors(of topics: [TopicName], group: String) throws -> [ReadCursor] {
        var cursors: [ReadCursor] = []
        for topic in Set(topics) {
            let entry = try entry(of: topic)
            for id in entry.partitionIDs {
                let offset = try connection.integer(
                    """
                    SELECT coalesce(
                        (SELECT next_offset FROM group_offsets WHERE partition = p.id AND
                            group_id = (SELECT id FROM groups WHERE name = ?2)),
                        start_offset)
                    FROM partitions p WHERE id = ?1
                    """, .integer(id), .text(group))
                cursors.append(
                    ReadCursor(
                        id: id, topicPartition: entry.topicPartition(id: id), offset: offset ?? 0))
            }
        }
        return cursors.sorted { $0.id < $1.id }
    }
}

/// Where the lease of a session lies: beside the log's file.
private func leasePath(_ path: String, _ groupID: Int64, _ epoch: Int64) -> String {
    "\(path).member-\(groupID)-\(epoch)"
}

extension ReadSession {
    /// Every group, by name, with its member where that one lives.
    ///
    /// - Parameter path: the log's file.
    func groups(besides path: String) throws -> [GroupDescription] {
        try connection.rows("SELECT name, id, epoch, member FROM groups ORDER BY name") { row in
            let lives = Lease.isHeld(path: leasePath(path, row.int64(1), row.int64(2)))
            let member = row.isNull(3) || !lives ? nil : row.string(3)
            return GroupDescription(
                name: row.string(0), state: member == nil ? "empty" : "stable",
                members: member.map { [.init(name: $0)] } ?? [])
        }
    }

    /// - Throws: `fenced` once another session has the group.
    func check(_ session: GroupSession) throws {
        let epoch = try connection.integer(
            "SELECT epoch FROM groups WHERE id = ?1", .integer(session.groupID))
        guard epoch == session.epoch else { throw LogError.fenced(group: session.group) }
    }
}
