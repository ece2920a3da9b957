"""Client rounds a second of Flower's simulation engine with clients that do nothing: FedAvg over one array of 1,000
numbers, 100 clients, all of them in each of 3 rounds, one core each for a client.

    python flower_case.py        # prints client rounds a second by the clock on the wall
"""

import os
import time

os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import numpy as np
from flwr.client import ClientApp, NumPyClient
from flwr.common import Context, ndarrays_to_parameters
from flwr.server import ServerApp, ServerAppComponents, ServerConfig
from flwr.server.strategy import FedAvg
from flwr.simulation import run_simulation

CLIENTS, ROUNDS = 100, 3
begun = None


class Idle(NumPyClient):
    def fit(self, parameters, config):
        return parameters, 1, {}


class Timed(FedAvg):
    def configure_fit(self, *args, **kwargs):
        global begun
        begun = begun or time.perf_counter()
        return super().configure_fit(*args, **kwargs)


def server(context: Context):
    strategy = Timed(
        fraction_fit=1.0,
        fraction_evaluate=0.0,
        initial_parameters=ndarrays_to_parameters([np.zeros(1000, dtype=np.float32)]),
    )
    return ServerAppComponents(strategy=strategy, config=ServerConfig(num_rounds=ROUNDS))


run_simulation(
    server_app=ServerApp(server_fn=server),
    client_app=ClientApp(client_fn=lambda context: Idle().to_client()),
    num_supernodes=CLIENTS,
    backend_config={"client_resources": {"num_cpus": 1}},
)
print("rounds", CLIENTS * ROUNDS / (time.perf_counter() - begun), flush=True)
