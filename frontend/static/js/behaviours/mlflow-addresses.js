/* MLflow's client prints addresses like /#/experiments/3/runs/<id>: they lead to the same run here. */
(function () {
  "use strict";
  var run = location.hash.match(/^#\/experiments\/\d+\/runs\/([0-9a-f]{32})/);
  var experiment = location.hash.match(/^#\/experiments\/(\d+)/);
  if (run) location.replace("/runs/" + run[1]);
  else if (experiment) location.replace("/experiments/" + experiment[1]);
})();
