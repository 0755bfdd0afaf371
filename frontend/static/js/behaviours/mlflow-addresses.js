/* MLflow's client prints addresses like /#/experiments/3/runs/<id> or /#/models/<name>/versions/2: they lead to the same things here. */
(function () {
  "use strict";
  var run = location.hash.match(/^#\/experiments\/\d+\/runs\/([0-9a-f]{32})/);
  var experiment = location.hash.match(/^#\/experiments\/(\d+)/);
  var version = location.hash.match(/^#\/models\/([^/]+)\/versions\/(\d+)/);
  var model = location.hash.match(/^#\/models\/([^/]+)/);
  if (version) location.replace("/models/" + version[1] + "/versions/" + version[2]);
  else if (model) location.replace("/models/" + model[1]);
  else if (run) location.replace("/runs/" + run[1]);
  else if (experiment) location.replace("/experiments/" + experiment[1]);
})();
