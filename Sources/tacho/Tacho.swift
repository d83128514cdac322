import ArgumentParser
import Hummingbird
import Mustache
import SwiftProtobuf
import NIOHTTP1

@main struct Tacho: AsyncParsableCommand { func run() async throws { print("x") } }
