import Access
import EmbeddedLog
import Foundation
import ServiceLifecycle
import Trips

/// Who is let in.
struct AccessSettings {
    let key: InstallationKey
    let issuer: TrustedIssuer?

    /// The settings that options name; a key is made in the directory where none is.
    init(_ key: KeyOptions, _ issuer: IssuerOptions, in installation: Installation) async throws {
        self.issuer = try issuer.named()
        self.key = try await key.readOrMake(in: installation)
    }

    /// Another issuer's keys.
    struct Rings {
        let authorities: [TokenVerifier.Authority]
        let services: [any Service]
    }

    /// Reads another issuer's keys, where there is one; a source that is away is asked again later.
    func rings() async -> Rings {
        guard let issuer else { return Rings(authorities: [], services: []) }
        let ring = KeyRing(source: issuer.source)
        await ring.refresh(now: systemMilliseconds() / 1_000)
        return Rings(
            authorities: [
                .init(issuer: issuer.name, .requests, audience: issuer.audience, keys: ring)
            ],
            services: [KeyRefresh(keys: ring)])
    }

    /// Who is let in, by the table.
    func control(_ rings: Rings) -> AccessControl {
        AccessControl(
            key: key, others: rings.authorities, now: { systemMilliseconds() / 1_000 })
    }

    /// Whom the link that `tacho up` prints signs in.
    var linked: Caller {
        guard let user = UserID("operator") else { preconditionFailure("a user's name") }
        return Caller(user: user, role: .operator)
    }
}
