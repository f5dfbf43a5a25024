foreach(module backoff judge)
  faas_drill_unit(${module} faas_drill_judge)
endforeach()
