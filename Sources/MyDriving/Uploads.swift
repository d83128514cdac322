internal import Topics
internal import Trips

extension TripForm {
    /// The uploads that make the trip.
    func creation(by user: UserID) -> [Upload] {
        let start = Upload(
            user: user, name: name, content: .start,
            said: facts == TripFacts() ? nil : Said(trip: facts))
        guard isComplete == true else { return [start] }
        return [start, Upload(user: user, content: .amendment(Amendment(complete: true)))]
    }

    /// The upload that changes the trip; nil where the form names nothing that a client may change.
    func change(by user: UserID) -> Upload? {
        guard isComplete != nil || name != nil || facts != TripFacts() else { return nil }
        return Upload(
            user: user, name: name, content: .amendment(Amendment(complete: isComplete)),
            said: facts == TripFacts() ? nil : Said(trip: facts))
    }
}

extension PointForm {
    /// The upload that adds points.
    static func upload(of forms: [PointForm], by user: UserID) -> Upload {
        let said = forms.enumerated().compactMap { index, form in
            form.facts.isBlank ? nil : Said.OfPoint(index: index, facts: form.facts)
        }
        return Upload(
            user: user, content: .points(forms.map(\.point)),
            said: said.isEmpty ? nil : Said(points: said))
    }

    /// The upload that puts this in the place of the point that it was.
    func correction(by user: UserID) -> Upload {
        Upload(
            user: user, content: .correction(PointKey(of: point), point),
            said: facts == PointFacts()
                ? nil : Said(points: [Said.OfPoint(index: 0, facts: facts)]))
    }
}

extension PointFacts {
    /// Whether nothing is said that would be shown otherwise than what was not said: clients send
    /// -255 for most.
    fileprivate var isBlank: Bool {
        Self.numbers.allSatisfy { self[keyPath: $0.field] ?? -255 == -255 }
            && hasOBDData != true && hasSimulatedOBDData != true && vin?.isEmpty != false
    }
}
