"""A PyTorch training on the CPU with Lightning and autologging, and the model loaded again."""

import json
import logging
import sys
import warnings

import lightning
import mlflow
import torch
from mlflow import MlflowClient

logging.getLogger("lightning").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)


class Line(lightning.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.save_hyperparameters({"width": 1})
        self.layer = torch.nn.Linear(2, 1)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.layer(inputs)

    def training_step(self, batch: tuple[torch.Tensor, torch.Tensor], _: int) -> torch.Tensor:
        inputs, targets = batch
        loss = torch.nn.functional.mse_loss(self(inputs), targets)
        self.log("loss", loss, on_epoch=True, on_step=False)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


inputs = torch.randn(64, 2)
data = torch.utils.data.TensorDataset(inputs, inputs.sum(dim=1, keepdim=True))
mlflow.set_experiment("wire: deep")
mlflow.pytorch.autolog(checkpoint=False, log_models=False)
trainer = lightning.Trainer(
    max_epochs=3, accelerator="cpu", enable_progress_bar=False, enable_model_summary=False, logger=False
)
with mlflow.start_run() as run:
    model = Line()
    trainer.fit(model, torch.utils.data.DataLoader(data, batch_size=32))
    mlflow.pytorch.log_model(model, name="model", pip_requirements=["torch"], serialization_format="pickle")
logged = mlflow.get_run(run.info.run_id)
loaded = mlflow.pytorch.load_model(f"runs:/{run.info.run_id}/model")
history = MlflowClient().get_metric_history(run.info.run_id, "loss")
facts = {
    "status": logged.info.status,
    "optimizer": logged.data.params["optimizer_name"],
    "losses": [point.value for point in history],
    "same_predictions": bool(torch.equal(loaded(inputs), model(inputs))),
}
sys.stdout.write(json.dumps(facts))
