import Access
import ArgumentParser
import Simulator
import Trips

/// `tacho import`: trips in files, through the gateway.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send trips in files to a server; sending a file again changes nothing.",
        discussion: """
            Reads CSV (MyDriving's columns, or timestamp, latitude, longitude and optionally trip,
            speed_kmh or speed_mps), GPX 1.1 and JSON. Prints the ids of the trips; one that the
            file does not name is named from its content.

            Example: tacho import drive.gpx --user ann
            """)

    @Argument(help: "Files to read.", completion: .file())
    var files: [String]

    @OptionGroup var server: ServerOptions

    @Option(help: "User whom the trips belong to, instead of the one that the file names.")
    var user: String?

    @Option(help: "Id of the trip, where the files hold just one.")
    var trip: String?

    @Flag(help: "Print one JSON object a trip.")
    var json = false

    private struct Line: Encodable {
        var trip: String
        var accepted: Int
        var rejected: [TripImport.Remark]
        var warnings: [TripImport.Remark]
        var position: String?
    }

    func run() async throws {
        var trips: [ImportedTrip] = []
        for path in files { trips += try TripFile.read(reporting: path).trips }
        if let user {
            guard let id = UserID(user) else {
                throw ValidationError("--user is \"\(user)\", allowed are \(UserID.allowed)")
            }
            for index in trips.indices { trips[index].user = id }
        }
        if let trip {
            guard let id = TripID(trip) else {
                throw ValidationError("--trip is \"\(trip)\", allowed are \(TripID.allowed)")
            }
            guard trips.count == 1 else {
                throw ValidationError("--trip names one trip, and the files hold \(trips.count)")
            }
            trips[0].givenID = id
        }
        try await server.withClient { client in
            for trip in trips {
                let result = try await TripImport(client: client).send(trip)
                try report(result)
            }
        }
    }

    private func report(_ result: TripImport.Result) throws {
        if json {
            try Terminal.json(
                Line(
                    trip: result.id.rawValue, accepted: result.accepted, rejected: result.rejected,
                    warnings: result.warnings, position: result.position))
            return
        }
        for remark in result.rejected.prefix(10) {
            Terminal.error("point \(remark.index) was rejected: \(remark.reason)")
        }
        if result.rejected.count > 10 {
            Terminal.error("and \(result.rejected.count - 10) more points were rejected")
        }
        Terminal.say(result.id.rawValue)
    }
}

extension ServerOptions {
    /// Runs the body with a client of the server, and closes it.
    ///
    /// - Throws: ``Refused`` where the server cannot be reached or refuses.
    func withClient(
        connections: Int = 16, _ body: (UploadClient) async throws -> Void
    ) async throws {
        var options = UploadClient.Options()
        options.token = try await credentials.bearer(for: .service, in: data.directory)
        options.connections = connections
        let client: UploadClient
        do {
            client = UploadClient(server: try Server(address), options: options)
        } catch {
            throw Refused("\(error)")
        }
        defer { client.close() }
        do {
            try await body(client)
        } catch let error as ClientError {
            throw Refused("\(address): \(error)")
        } catch let error as TripImport.Failure {
            guard case .refused(_, 401, _) = error else { throw Refused("\(error)") }
            throw Refused("\(error): \(CredentialOptions.advice)")
        }
    }
}
